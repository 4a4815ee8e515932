/** `2026-11-21T20:28:43.123456789Z` (ledger.md 2.3): nanoseconds, UTC. */
export function formatTimeNs(timeNs: bigint): string {
  const nanos = ((timeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const second = (timeNs - nanos) / 1_000_000_000n;
  const text = new Date(Number(second) * 1000).toISOString().slice(0, 19);
  return `${text}.${nanos.toString().padStart(9, '0')}Z`;
}

export const formatTimeOfUs = (timeUs: bigint): string => formatTimeNs(timeUs * 1000n);
