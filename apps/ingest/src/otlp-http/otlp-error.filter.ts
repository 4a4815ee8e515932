import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LOGGER, type ProcessLogger } from '#server';
import { encodeRpcStatus, encodeRpcStatusJson } from '#otlp';
import { toRpcFailure } from '../rpc-failure.ts';
import { otlpEncoding, sendEncoded } from './media-type.ts';

/** Answers every error of the OTLP routes with a google.rpc.Status in the request's own encoding (protobuf in doubt). */
@Catch()
export class OtlpErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: ProcessLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    const { httpStatus, status } = toRpcFailure(error, this.logger);
    if (reply.sent) return;
    if (httpStatus === 401) void reply.header('www-authenticate', 'Bearer realm="outcome-ledger"');
    if (status.retryAfterMs !== undefined)
      void reply.header('retry-after', Math.max(1, Math.ceil(status.retryAfterMs / 1000)));
    // What is left of the body is not worth reading: the connection ends with this answer.
    if (!request.raw.complete) void reply.header('connection', 'close');
    const encoding = otlpEncoding(request.headers) ?? 'protobuf';
    void reply.status(httpStatus);
    sendEncoded(reply, encoding, encoding === 'json' ? encodeRpcStatusJson(status) : encodeRpcStatus(status));
  }
}
