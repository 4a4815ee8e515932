import {
  Metadata,
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type ServerUnaryCall,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { Inject, Injectable } from '@nestjs/common';
import type { Limits } from '#config';
import { encodeExportResponse, encodeRpcStatus, type PartialSuccess, type Signal } from '#otlp';
import { KeyAuthentication, LOGGER, type ProcessLogger } from '#server';
import { LIMITS } from '../limits.ts';
import { Receiver } from '../receiver.ts';
import { toRpcFailure } from '../rpc-failure.ts';
import { CallGate, type CallStatus } from './call-gate.ts';

const SERVICES: Record<Signal, string> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
};
const SHUTDOWN_MS = 10_000;

/**
 * OTLP/gRPC on a plain grpc-js server. Messages stay bytes: decoding them into objects, as a proto loader does,
 * costs fifteen times what our reader does. gzip is undone by grpc-js, which holds the receive limit while it does.
 */
@Injectable()
export class OtlpGrpcServer {
  private readonly server: Server;
  private readonly gate: CallGate;

  constructor(
    @Inject(Receiver) private readonly receiver: Receiver,
    @Inject(KeyAuthentication) keys: KeyAuthentication,
    @Inject(LOGGER) private readonly logger: ProcessLogger,
    @Inject(LIMITS) limits: Limits,
  ) {
    this.gate = new CallGate(receiver, keys, (error) => this.toStatus(error), limits);
    this.server = new Server({
      'grpc.max_receive_message_length': limits.bodyBytes,
      'grpc.max_concurrent_streams': limits.waitingRequests,
      interceptors: [this.gate.intercept],
    });
    for (const signal of ['traces', 'logs', 'metrics'] as const)
      this.server.addService(exportService(SERVICES[signal]), {
        export: this.handler(signal),
      });
  }

  /**
   * @param port 0 = any free one
   * @returns the port it listens on
   * @throws Error when the port is taken
   */
  listen(bind: string, port: number): Promise<number> {
    const address = bind.includes(':') ? `[${bind}]:${port}` : `${bind}:${port}`;
    return new Promise((resolve, reject) => {
      this.server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
  }

  /** Finishes the calls that run, then closes; those that take longer than ten seconds are cut off. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.server.forceShutdown(), SHUTDOWN_MS);
      this.server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private handler(signal: Signal): handleUnaryCall<Buffer, Buffer> {
    return (call, callback) => {
      this.answer(signal, call).then(
        (success) => callback(null, encodeExportResponse(success)),
        (error: unknown) => callback(this.toStatus(error)),
      );
    };
  }

  private async answer(signal: Signal, call: ServerUnaryCall<Buffer, Buffer>): Promise<PartialSuccess> {
    const admitted = this.gate.take(call.metadata);
    if (admitted === null) throw new Error('a call came past the gate');
    const { principal, admission } = admitted;
    try {
      admission.grow(call.request.length);
      const taking = this.receiver.take(signal, principal, call.request);
      // `append` copies what it keeps of the message before it waits.
      admission.bodyRead();
      return await taking;
    } finally {
      admission.release();
    }
  }

  private toStatus(error: unknown): CallStatus {
    const { grpcCode, status } = toRpcFailure(error, this.logger);
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', encodeRpcStatus(status));
    return { code: grpcCode, details: status.message, metadata };
  }
}

function exportService(service: string): ServiceDefinition {
  const asIs = (bytes: Buffer) => bytes;
  return {
    export: {
      path: `/${service}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  };
}
