import type { BillClass } from './bill-line.ts';

/** What our own charges say of a day, model, class and tier. */
export interface OwnUsage {
  readonly provider: string;
  /** UTC day of the spans' starts, `YYYY-MM-DD`. */
  readonly day: string;
  /** Canonical, as `canonicalModel` gives it. */
  readonly model: string;
  readonly billClass: BillClass;
  readonly serviceTier: string | null;
  readonly quantity: bigint;
  readonly amountPico: bigint;
}
