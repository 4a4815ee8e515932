import type { SpanId, TraceId } from '#model';

/** PostgreSQL's text of a uuid -> 32 hex digits. */
export const traceIdFromUuid = (uuid: string): TraceId => uuid.replaceAll('-', '');

/** Span ids are stored as signed 64-bit integers: half the size of text, and they sort fast. */
export const spanIdToInt8 = (spanId: SpanId): bigint => BigInt.asIntN(64, BigInt(`0x${spanId}`));

export const spanIdFromInt8 = (value: bigint): SpanId =>
  BigInt.asUintN(64, value).toString(16).padStart(16, '0');

/** 32 hex digits -> PostgreSQL's text of a uuid. */
export const uuidFromDigits = (digits: string): string =>
  `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;

/**
 * A `uuid[]` for a statement that takes no parameters.
 *
 * @param ids as 32 hexadecimal digits
 * @throws RangeError where one is none
 */
export function uuidArrayLiteral(ids: readonly string[]): string {
  for (const id of ids) if (!/^[0-9a-f]{32}$/.test(id)) throw new RangeError(`not a uuid: ${id}`);
  return `'{${ids.join(',')}}'::uuid[]`;
}
