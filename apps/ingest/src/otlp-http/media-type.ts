import type { FastifyReply } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';

export type OtlpEncoding = 'protobuf' | 'json';

const MEDIA_TYPES: Record<OtlpEncoding, string> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** @returns null for a media type that OTLP/HTTP does not have; parameters (charset) are ignored */
export function otlpEncoding(headers: IncomingHttpHeaders): OtlpEncoding | null {
  const mediaType = (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (mediaType === MEDIA_TYPES.protobuf) return 'protobuf';
  return mediaType === MEDIA_TYPES.json ? 'json' : null;
}

/** Sends an answer under its plain media type: as bytes, because Fastify adds a charset to JSON text. */
export function sendEncoded(reply: FastifyReply, encoding: OtlpEncoding, body: Buffer | string): void {
  void reply.header('content-type', MEDIA_TYPES[encoding]);
  void reply.send(typeof body === 'string' ? Buffer.from(body) : body);
}
