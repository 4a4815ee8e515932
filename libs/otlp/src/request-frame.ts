import type { CachedPart, StoredPart } from './part-cache.ts';
import type { RowOrigin } from './span-rows.ts';
import { toWords } from './span-rows.ts';

/** The columns that all rows of a request share; resource and scope are set scope by scope. */
export function toOrigin(context: { readonly tenantId: bigint; readonly batchId: Buffer }): RowOrigin {
  return {
    tenantHigh: Number(BigInt.asIntN(32, context.tenantId >> 32n)),
    tenantLow: Number(BigInt.asIntN(32, context.tenantId)),
    batchId: toWords(context.batchId),
    resourceId: [0, 0, 0, 0],
    scopeId: [0, 0, 0, 0],
  };
}

/** Distinct UTC days; most items start on the day of the one before. */
export class DaysTouched {
  private readonly days = new Set<number>();
  private dayStartUs = 1;
  private dayEndUs = 0;

  add(startHighNs: number, startLowNs: number): void {
    // Exact up to the year 2255; the halves are divided apart as in SpanRows.
    const highUs = Math.floor(startHighNs / 1000);
    const startUs =
      highUs * 4_294_967_296 +
      Math.floor(((startHighNs - highUs * 1000) * 4_294_967_296 + startLowNs) / 1000);
    if (startUs >= this.dayStartUs && startUs < this.dayEndUs) return;
    const day = Math.floor(startUs / DAY_US);
    this.dayStartUs = day * DAY_US;
    this.dayEndUs = this.dayStartUs + DAY_US;
    this.days.add(day);
  }

  list(): number[] {
    return [...this.days].sort((a, b) => a - b);
  }
}

const DAY_US = 86_400_000_000;

/** By id, because parts too large for the cache are read anew each time. */
export function distinctParts(parts: ReadonlySet<CachedPart>): StoredPart[] {
  const byId = new Map([...parts].map((part) => [part.id.toString('hex'), part]));
  return [...byId.values()].map(({ id, bytes }) => ({ id, bytes }));
}
