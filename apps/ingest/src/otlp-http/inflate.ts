import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { RejectedInput } from '#model';
import type { Admission } from '../receiver.ts';
import { Slots } from '../slots.ts';
import { tooLarge } from './receive-body.ts';

const gunzipInThread = promisify(gunzip);
/**
 * Up to this size a body is inflated at once (under 1 ms); a larger one on a thread, where it stalls nobody and may use
 * another core. Both cost the same: 2.0 us of CPU time per span of 1 KB (compressed four times), measured in one run.
 */
const SYNC_BYTES = 256 * 1024;
/**
 * Where the trailer says too little. What it tells truly is inflated into one buffer of that size: 1 MiB for half of it
 * made the collector run twice as often, and took 11.9 us of CPU a span instead of 9.4 in alternating runs. zlib's own
 * default of 16 KiB costs a fifth more than 1 MiB.
 */
const CHUNK_BYTES = 1024 * 1024;
/** zlib asks for room once more before it sees the end. */
const END_BYTES = 64;
/** Bytes that one byte of DEFLATE can hold: matches of 258 bytes, by two bits each. */
const DENSEST = 1032;
/** So many bodies of the largest size have room together on the shipped limits: the next ones wait instead of failing. */
const INFLATED_AT_ONCE = 3;

/** Undoes the gzip of bodies, and takes no memory that was not counted first. */
export class Inflater {
  private readonly slots = new Slots(INFLATED_AT_ONCE);

  /**
   * Large bodies wait for a thread; tenants take turns.
   *
   * @param admission grows before anything is inflated: by what the trailer tells, and where more comes out, by the
   *   most that may
   * @throws RejectedInput `too_large` where more than `maxBytes` come out, `invalid` when it is no gzip; Unavailable
   *   when there is no room for it now
   */
  async inflate(
    body: Buffer,
    maxBytes: number,
    admission: Pick<Admission, 'grow' | 'tenantId'>,
  ): Promise<Buffer> {
    // RFC 1952, ISIZE: the length of the content, but of its last member only, and a bomb may fake it.
    const told = body.length < 18 ? 0 : body.readUInt32LE(body.length - 4);
    const most = Math.min(maxBytes, body.length * DENSEST);
    const likely = Math.min(told, most);
    let counted = 0;
    if (likely <= SYNC_BYTES) {
      admission.grow(likely);
      counted = likely;
      const content = inflateNow(body, likely);
      if (content !== null) return content;
    }
    const giveBack = await this.slots.take(admission.tenantId);
    try {
      for (const limit of [likely, most]) {
        if (limit <= counted) continue;
        admission.grow(limit - counted);
        counted = limit;
        const content = await inflateInThread(
          body,
          limit,
          limit === likely ? limit + END_BYTES : CHUNK_BYTES,
        );
        if (content !== null) return content;
      }
      throw tooLarge(maxBytes);
    } finally {
      giveBack();
    }
  }
}

/** @returns null where more than `maxBytes` would come out */
function inflateNow(body: Buffer, maxBytes: number): Buffer | null {
  try {
    return gunzipSync(body, {
      maxOutputLength: Math.max(maxBytes, 1),
      chunkSize: Math.max(maxBytes + END_BYTES, 1024),
    });
  } catch (error) {
    if (isTooLong(error)) return null;
    throw notGzip();
  }
}

/** As `inflateNow`, on a thread. */
async function inflateInThread(body: Buffer, maxBytes: number, chunkSize: number): Promise<Buffer | null> {
  try {
    return await gunzipInThread(body, { maxOutputLength: maxBytes, chunkSize });
  } catch (error) {
    if (isTooLong(error)) return null;
    throw notGzip();
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
