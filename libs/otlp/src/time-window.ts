/** What an item must lie in to be stored, bounds included, as halves of nanoseconds. */
export interface TimeWindow {
  readonly earliestHigh: number;
  readonly earliestLow: number;
  readonly latestHigh: number;
  readonly latestLow: number;
}

export interface WindowContext {
  /** Spans that start, and records made, outside [earliest, latest] are rejected. Nanoseconds since the epoch. */
  readonly earliestStartNs: bigint;
  readonly latestStartNs: bigint;
}

export function isWithin(high: number, low: number, window: TimeWindow): boolean {
  return (
    (high > window.earliestHigh || (high === window.earliestHigh && low >= window.earliestLow)) &&
    (high < window.latestHigh || (high === window.latestHigh && low <= window.latestLow))
  );
}

export function toWindow(context: WindowContext): TimeWindow {
  // A missing start reads as 0 and is never within.
  const earliest = clamp(context.earliestStartNs, 1n);
  const latest = clamp(context.latestStartNs, 0n);
  return {
    earliestHigh: Number(earliest >> 32n),
    earliestLow: Number(earliest & 0xffff_ffffn),
    latestHigh: Number(latest >> 32n),
    latestLow: Number(latest & 0xffff_ffffn),
  };
}

function clamp(value: bigint, min: bigint): bigint {
  const max = 0xffff_ffff_ffff_ffffn;
  return value < min ? min : value > max ? max : value;
}
