import { Client, compressionAlgorithms, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { TestIngest, TestKey } from './ingest.ts';

const METHODS = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
};

export interface GrpcAnswer {
  readonly code: number;
  readonly details: string;
  /** Of the response; empty when it failed. */
  readonly body: Buffer;
  /** grpc-status-details-bin, where there is one. */
  readonly statusDetails: Buffer | null;
}

/** Sends one export request over gRPC, as bytes. */
export async function sendGrpc(
  to: Pick<TestIngest, 'ingest'> & { readonly key: TestKey | null },
  body: Buffer,
  { signal = 'traces', gzip = false }: { signal?: keyof typeof METHODS; gzip?: boolean } = {},
): Promise<GrpcAnswer> {
  const client = new Client(`127.0.0.1:${to.ingest.grpcPort}`, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': gzip ? compressionAlgorithms.gzip : compressionAlgorithms.identity,
  });
  const metadata = new Metadata();
  if (to.key !== null) metadata.set('authorization', to.key.authorization);
  const asIs = (bytes: Buffer) => bytes;
  try {
    return await new Promise((resolve) => {
      const answered = (error: ServiceError | null, answer?: Buffer) =>
        resolve({
          code: error?.code ?? 0,
          details: error?.details ?? '',
          body: answer ?? Buffer.alloc(0),
          statusDetails: toBuffer(error?.metadata.get('grpc-status-details-bin')[0]),
        });
      client.makeUnaryRequest(METHODS[signal], asIs, asIs, body, metadata, answered);
    });
  } finally {
    client.close();
  }
}

function toBuffer(value: string | Buffer | undefined): Buffer | null {
  return value === undefined ? null : Buffer.from(value);
}
