import type { Asset, Charge } from '#model';

/** What is said of a call whose usage its spans do not tell. */
export interface UsageReport {
  /** UUID; stands on the charge in place of a price row. */
  readonly reportId: string;
  readonly source: string;
  /** The source's own id of the report. */
  readonly name: string;
  readonly says: 'estimate' | 'actual' | 'not_billed';
  /** Null for `not_billed`. */
  readonly amount: { readonly amountPico: bigint; readonly asset: Asset } | null;
  /** Of several reports about a call the greatest counts. */
  readonly sequence: bigint;
}

const UNKNOWN: ReadonlySet<string> = new Set(['usage_missing', 'usage_rejected']);

/** A call that nothing is known to cost, because its usage is not known. */
export const isUsageUnknown = (charges: readonly Charge[]): boolean =>
  charges.length > 0 && charges.every((charge) => charge.state === 'unpriced' && UNKNOWN.has(charge.reason));

/**
 * The report that counts: what a bill says before any estimate, then the greatest sequence, then source and id. A
 * pending estimate is so resolved once, whatever comes in which order.
 */
export function reportInForce(reports: readonly UsageReport[]): UsageReport | null {
  const keyOf = (report: UsageReport): string =>
    [
      report.says === 'estimate' ? '0' : '1',
      report.sequence.toString().padStart(20, '0'),
      report.source,
      report.name,
    ].join('\n');
  return reports.reduce<UsageReport | null>(
    (best, report) => (best === null || keyOf(report) > keyOf(best) ? report : best),
    null,
  );
}

/**
 * The charges of a call once a report about it counts. Usage that the spans tell is always charged by its price: a
 * report is only for what they do not tell. An estimate is no charge.
 */
export function withUsageReport(charges: readonly Charge[], report: UsageReport | null): readonly Charge[] {
  if (report === null || report.says === 'estimate' || !isUsageUnknown(charges)) return charges;
  if (report.says === 'not_billed' || report.amount === null) return [];
  const [first] = charges;
  return [
    {
      state: 'priced',
      ...report.amount,
      provider: first?.provider ?? 'unknown',
      callModel: first?.callModel ?? 'unknown',
      priceId: report.reportId,
      priceBook: `usage report of ${report.source}`,
      lines: [],
      estimates: [],
    },
  ];
}
