import type { ChargeLine } from '#model';

/**
 * Classes a provider's bill tells apart. Bills know one output class (reasoning is billed as output) and no cache write
 * of unknown time to live.
 */
export const BILL_CLASSES = [
  'in_uncached',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'audio_in',
  'audio_cache_read',
  'audio_out',
  'image_in',
  'image_out',
  'request',
  'search',
  'image',
  'audio_second',
  'tool_call',
] as const;
export type BillClass = (typeof BILL_CLASSES)[number];

/** What a line is charged for; the names of FOCUS 1.2 `ChargeCategory` in lower case, and what invoices add to them. */
export type BillCategory = 'usage' | 'purchase' | 'tax' | 'credit' | 'adjustment' | 'minimum' | 'rounding';

/** One line of a provider's usage report, cost report or invoice. Absent = the source does not say. */
export interface BillLine {
  /** Position in the file, from 1: a CSV line, or the n-th result of a JSON page. */
  readonly line: number;
  readonly provider: string;
  /** Charge period, microseconds since the epoch; the end is exclusive. */
  readonly startsAtUs: bigint;
  readonly endsAtUs: bigint;
  /** Project, workspace or sub-account; null = the provider's default, or not told. */
  readonly project: string | null;
  readonly apiKeyId: string | null;
  /** As the bill writes it. */
  readonly model: string | null;
  readonly billClass: BillClass | null;
  /** null = standard, or not told. */
  readonly serviceTier: string | null;
  readonly contextWindow: string | null;
  readonly region: string | null;
  readonly quantity: bigint | null;
  /** Pico-units of the currency; a credit is negative. null on a usage report. */
  readonly amountPico: bigint | null;
  readonly currency: string;
  readonly category: BillCategory;
  readonly invoiceId: string | null;
  readonly description: string | null;
}

export interface RefusedBillLine {
  readonly line: number;
  readonly reason: string;
}

/** A file read whole: what was understood, what was not, and what this kind of file never says. */
export interface ReadBill {
  readonly lines: readonly BillLine[];
  readonly refused: readonly RefusedBillLine[];
  /** Lines whose amount had digits below one pico and was rounded half-even. */
  readonly roundedLines: number;
  /** Known limits of this source, as stable codes (docs/reconciliation.md explains each). */
  readonly notes: readonly string[];
}

/** The class under which a bill shows a line of a charge. */
export function billClassOf(chargeClass: ChargeLine['class']): BillClass {
  if (chargeClass === 'out_text' || chargeClass === 'reasoning') return 'output';
  // A cache write of unknown time to live is priced at the five-minute rate (conventions A4).
  return chargeClass === 'cache_write_unk' ? 'cache_write_5m' : chargeClass;
}
