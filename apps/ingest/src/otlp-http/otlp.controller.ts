import { Controller, HttpCode, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Limits } from '#config';
import {
  encodeExportResponse,
  encodeExportResponseJson,
  encodeLogsFromJson,
  encodeMetricsFromJson,
  encodeTracesFromJson,
  type PartialSuccess,
  type Signal,
} from '#otlp';
import { RequireRole, type AuthenticatedRequest, type Principal } from '#server';
import { LIMITS } from '../limits.ts';
import { Receiver, type Admission } from '../receiver.ts';
import { BodyBuffers } from './body-buffers.ts';
import { Inflater } from './inflate.ts';
import { otlpEncoding, sendEncoded, type OtlpEncoding } from './media-type.ts';
import { OtlpErrorFilter } from './otlp-error.filter.ts';
import { announcedBytes, receiveBody } from './receive-body.ts';
import { UnsupportedMedia } from './unsupported-media.ts';

/** OTLP/HTTP (opentelemetry-proto, docs/specification.md): protobuf and JSON, plain or gzip, answered in kind. */
@Controller('v1')
@RequireRole('spans')
@UseFilters(OtlpErrorFilter)
export class OtlpController {
  private readonly buffers = new BodyBuffers();
  private readonly inflater = new Inflater();

  constructor(
    @Inject(Receiver) private readonly receiver: Receiver,
    @Inject(LIMITS) private readonly limits: Limits,
  ) {}

  /** Answers when the spans are durable; a refused span is told by partial_success. */
  @Post('traces')
  @HttpCode(200)
  traces(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer('traces', request, reply);
  }

  @Post('logs')
  @HttpCode(200)
  logs(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer('logs', request, reply);
  }

  @Post('metrics')
  @HttpCode(200)
  metrics(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer('metrics', request, reply);
  }

  private async answer(signal: Signal, request: AuthenticatedRequest, reply: FastifyReply): Promise<void> {
    const encoding = otlpEncoding(request.headers);
    if (encoding === null) throw new UnsupportedMedia('send application/x-protobuf or application/json');
    const admission = this.receiver.admit(request.principal!.tenantId, announcedBytes(request.raw) ?? 0);
    try {
      const sent = await receiveBody(request.raw, this.limits.bodyBytes, admission, this.buffers);
      const body = await this.decompress(request, sent, admission);
      const taking = this.take(signal, encoding, request.principal!, body);
      // All of the body is read by now: `append` copies what it keeps before it waits.
      this.buffers.give(sent);
      admission.bodyRead();
      const success = await taking;
      sendEncoded(
        reply,
        encoding,
        encoding === 'json' ? encodeExportResponseJson(signal, success) : encodeExportResponse(success),
      );
    } finally {
      admission.release();
    }
  }

  private async decompress(
    request: AuthenticatedRequest,
    body: Buffer,
    admission: Admission,
  ): Promise<Buffer> {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
    if (encoding === 'gzip') return this.inflater.inflate(body, this.limits.bodyBytes, admission);
    if (encoding === 'identity' || encoding === '') return body;
    throw new UnsupportedMedia(
      `content encoding ${JSON.stringify(encoding)} is not supported: use gzip or none`,
    );
  }

  private async take(
    signal: Signal,
    encoding: OtlpEncoding,
    principal: Principal,
    body: Buffer,
  ): Promise<PartialSuccess> {
    const { spansPerRequest: maxSpans, depth: maxDepth } = this.limits;
    if (encoding === 'protobuf') return this.receiver.take(signal, principal, body);
    return this.receiver.take(signal, principal, FROM_JSON[signal](body, { maxSpans, maxDepth }));
  }
}

const FROM_JSON = {
  traces: encodeTracesFromJson,
  logs: encodeLogsFromJson,
  metrics: encodeMetricsFromJson,
} as const satisfies Record<Signal, unknown>;
