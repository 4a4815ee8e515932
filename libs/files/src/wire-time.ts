import { formatTimeUs } from '#evidence';

/** `2026-10-21T14:00:00.000001Z`: microseconds only where there are any. */
export function formatWireTime(timeUs: bigint): string {
  return formatTimeUs(timeUs)
    .replace(/0{3}Z$/, 'Z')
    .replace(/\.0{6}Z$/, 'Z');
}
