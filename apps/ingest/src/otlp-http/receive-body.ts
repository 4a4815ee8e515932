import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { IncomingMessage } from 'node:http';
import { RejectedInput } from '#model';
import type { Admission } from '../receiver.ts';
import type { BodyBuffers } from './body-buffers.ts';

/**
 * Takes body parsing away from Fastify: the guard comes first, the body goes into one buffer of its announced size,
 * and its errors are answered as OTLP says instead of by Fastify.
 */
export function leaveBodiesUnread(app: NestFastifyApplication): void {
  // Nest registers its own parsers unless it knows of one for every type.
  app.useBodyParser('*', {}, (_request, _body, done) => done(null));
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
}

/**
 * Reads a request's body as it was sent.
 *
 * @param admission grows where no Content-Length says how much will come
 * @throws RejectedInput `too_large` beyond `maxBytes`, as soon as that is known; `invalid` when the sender breaks off;
 *   Unavailable when there is no room left
 */
export async function receiveBody(
  request: IncomingMessage,
  maxBytes: number,
  admission: Admission,
  buffers: BodyBuffers,
): Promise<Buffer> {
  const announced = announcedBytes(request);
  if (announced !== null && announced > maxBytes) throw tooLarge(maxBytes);
  if (announced !== null) return fill(request, buffers.take(announced));
  return collect(request, maxBytes, admission);
}

/** Content-Length; null where the body is sent in chunks. */
export function announcedBytes(request: IncomingMessage): number | null {
  const header = request.headers['content-length'];
  return header === undefined ? null : Number(header);
}

export function tooLarge(maxBytes: number): RejectedInput {
  return new RejectedInput('too_large', `the body is over ${maxBytes} bytes after decompression`);
}

/** Listeners, and not `for await`: an async iterator costs a promise per chunk. */
function fill(request: IncomingMessage, body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      body.set(chunk, length);
      length += chunk.length;
    });
    request.once('end', () => resolve(body));
    request.once('error', () => reject(brokenOff()));
    request.once('close', () => {
      if (length < body.length) reject(brokenOff());
    });
  });
}

async function collect(request: IncomingMessage, maxBytes: number, admission: Admission): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      admission.grow(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    throw request.errored === error ? brokenOff() : error;
  }
  return Buffer.concat(chunks, length);
}

function brokenOff(): RejectedInput {
  return new RejectedInput('invalid', 'the body ended before all of it was sent');
}
