import { promisify } from 'node:util';
import { gunzip, gunzipSync, type ZlibOptions } from 'node:zlib';
import { RejectedInput } from '#model';
import type { Admission } from '../receiver.ts';
import { Slots } from '../slots.ts';
import { tooLarge } from './receive-body.ts';

const gunzipInThread = promisify(gunzip);
/**
 * Up to this size, of what is sent and of what comes out, a body is inflated at once (under 1 ms of ordinary content, 12 of
 * empty blocks: what makes nothing takes time as well, 49 ms a MiB); a larger one on a thread, where it stalls nobody and
 * may use another core. Both cost the same: 2.0 us of CPU time per span of 1 KB (compressed four times), measured in one run.
 */
const SYNC_BYTES = 256 * 1024;
/** zlib asks for room once more before it sees the end. */
const END_BYTES = 64;
/** Bytes that one byte of DEFLATE can hold: matches of 258 bytes, by two bits each. */
const DENSEST = 1032;
/** So many bodies of the largest size have room together on the shipped limits: the next ones wait instead of failing. */
const INFLATED_AT_ONCE = 3;

/** What a small content may keep of a large buffer; of more it gets one of its own. */
const WASTE_BYTES = SYNC_BYTES;

/**
 * Undoes the gzip of bodies, and takes no memory that was not counted first. What comes out goes into one buffer: chunks of
 * 1 MiB for half of it made the collector run twice as often, 11.9 us of CPU a span instead of 9.4 in alternating runs.
 */
export class Inflater {
  private readonly slots = new Slots(INFLATED_AT_ONCE);

  /**
   * Large bodies wait for a thread; tenants take turns. What follows the last member after a NUL is padding.
   *
   * @param admission grows before anything is inflated: by what the trailer tells, and where more comes out, by the
   *   most that may besides
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
    admission.grow(likely);
    const isSmall = Math.max(likely, body.length) <= SYNC_BYTES;
    const content = isSmall ? inflateNow(body, likely) : null;
    if (content !== null) return content;
    const giveBack = await this.slots.take(admission.tenantId);
    try {
      const asTold = isSmall ? null : await inflateInThread(body, likely);
      if (asTold !== null) return asTold;
      if (likely === most) throw tooLarge(maxBytes);
      admission.grow(most);
      const whole = await inflateInThread(body, most);
      if (whole !== null) return whole;
      throw tooLarge(maxBytes);
    } finally {
      giveBack();
    }
  }
}

const optionsFor = (maxBytes: number): ZlibOptions => ({
  maxOutputLength: Math.max(maxBytes, 1),
  chunkSize: Math.max(maxBytes + END_BYTES, 1024),
});

/** @returns null where more than `maxBytes` would come out */
function inflateNow(body: Buffer, maxBytes: number): Buffer | null {
  try {
    return ofItsOwn(gunzipSync(body, optionsFor(maxBytes)));
  } catch (error) {
    return nullWhereTooLong(error);
  }
}

/** As `inflateNow`, on a thread. */
async function inflateInThread(body: Buffer, maxBytes: number): Promise<Buffer | null> {
  try {
    return ofItsOwn(await gunzipInThread(body, optionsFor(maxBytes)));
  } catch (error) {
    return nullWhereTooLong(error);
  }
}

/** A trailer may tell of far more than there is, and what is read of a request is kept until it is stored. */
const ofItsOwn = (content: Buffer): Buffer =>
  content.buffer.byteLength - content.length > WASTE_BYTES ? Buffer.from(content) : content;

/** @throws RejectedInput for any other error */
function nullWhereTooLong(error: unknown): null {
  if (isTooLong(error)) return null;
  throw new RejectedInput('invalid', 'the body is not valid gzip', 'content-encoding');
}

function isTooLong(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
  );
}
