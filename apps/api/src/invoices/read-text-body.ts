import type { Readable } from 'node:stream';
import { RejectedInput } from '#model';

/**
 * Reads a body that arrives as a file, as UTF-8.
 * @throws RejectedInput `too_large` as soon as it is, `invalid` when it is no UTF-8
 */
export async function readTextBody(body: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += buffer.length;
    if (bytes > maxBytes)
      throw new RejectedInput('too_large', `a file has at most ${maxBytes} bytes`, 'body');
    chunks.push(buffer);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new RejectedInput('invalid', 'is no UTF-8', 'body');
  }
}
