import type { Rejections } from '#otlp';
import type { Batch, SetAside } from './batch.ts';
import { contentId } from './content-id.ts';

/** Bytes that are kept of one rejected span, and of all of a request. */
const MAX_KEPT_BYTES = 64 * 1024;
const MAX_KEPT_BYTES_PER_REQUEST = 1024 * 1024;

/**
 * The worklist rows of a request's rejected spans: one for each that the reader lists, and one that counts the rest
 * by reason. Their ids are made from the content: what is sent and rejected again is kept once.
 *
 * @param slices the request's spans in wire order, each preceded by its length (32 bits, big-endian)
 */
export function rejectedSpans(
  batch: Omit<Batch, 'digest'>,
  rejections: Rejections,
  slices: Buffer,
): SetAside[] {
  if (rejections.count === 0) return [];
  const positions = new Set(rejections.listed.map((rejection) => rejection.position));
  const bytesAt = slicesAt(slices, positions);
  let budget = MAX_KEPT_BYTES_PER_REQUEST;
  const rows = rejections.listed.map((rejection): SetAside => {
    const bytes = bytesAt.get(rejection.position) ?? Buffer.alloc(0);
    const { traceId, spanId, position, reason } = rejection;
    // A copy: the slices are reused for the next request.
    const kept = Buffer.from(bytes.subarray(0, Math.min(MAX_KEPT_BYTES, budget)));
    budget -= kept.length;
    return {
      tenantId: batch.tenantId,
      id: contentId([String(batch.tenantId), 'rejected', reason, bytes]),
      kind: 'rejected',
      reason,
      subject: `${traceId ?? '?'}/${spanId ?? '?'}`,
      detail: { batchId: batch.batchId, position, byteLength: bytes.length },
      bytes: kept,
      sinceUs: batch.receivedAtUs,
    };
  });
  const unlisted = rejections.count - rejections.listed.length;
  if (unlisted > 0) rows.push(unlistedRow(batch, rejections, unlisted));
  return rows;
}

function unlistedRow(batch: Omit<Batch, 'digest'>, rejections: Rejections, unlisted: number): SetAside {
  return {
    tenantId: batch.tenantId,
    id: contentId([String(batch.tenantId), 'unlisted', batch.batchId]),
    kind: 'rejected',
    reason: 'more_rejected_spans',
    subject: `batch/${batch.batchId}`,
    detail: {
      batchId: batch.batchId,
      unlisted,
      rejectedByReason: Object.fromEntries(rejections.byReason),
    },
    bytes: null,
    sinceUs: batch.receivedAtUs,
  };
}

function slicesAt(slices: Buffer, positions: ReadonlySet<number>): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  let position = 0;
  for (let at = 0; at < slices.length && found.size < positions.size; position += 1) {
    const end = at + 4 + slices.readUInt32BE(at);
    if (positions.has(position)) found.set(position, slices.subarray(at + 4, end));
    at = end;
  }
  return found;
}
