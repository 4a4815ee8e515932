import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { RejectedInput } from '#model';
import { tooLarge } from './receive-body.ts';

const gunzipInThread = promisify(gunzip);
/**
 * Up to this size a body is inflated at once (under 1 ms); a larger one on a thread, where it stalls nobody and may use
 * another core. Both cost the same: 2.0 us of CPU time per span of 1 KB (compressed four times), measured in one run.
 */
const SYNC_BYTES = 256 * 1024;
/** zlib's own default of 16 KiB costs a fifth more. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Undoes gzip, stopping as soon as more than `maxBytes` come out.
 *
 * @throws RejectedInput `too_large`, or `invalid` when it is no gzip
 */
export async function inflate(body: Buffer, maxBytes: number): Promise<Buffer> {
  // The trailer says how long the content is (RFC 1952, ISIZE): a hint, which a bomb may fake.
  const hint = body.length < 18 ? 0 : body.readUInt32LE(body.length - 4);
  const syncBytes = Math.min(SYNC_BYTES, maxBytes);
  try {
    if (hint <= syncBytes)
      return gunzipSync(body, { maxOutputLength: syncBytes, chunkSize: Math.max(hint + 64, 1024) });
  } catch (error) {
    if (!isTooLong(error)) throw notGzip();
  }
  try {
    return await gunzipInThread(body, { maxOutputLength: maxBytes, chunkSize: CHUNK_BYTES });
  } catch (error) {
    throw isTooLong(error) ? tooLarge(maxBytes) : notGzip();
  }
}

function isTooLong(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
  );
}

function notGzip(): RejectedInput {
  return new RejectedInput('invalid', 'the body is not valid gzip', 'content-encoding');
}
