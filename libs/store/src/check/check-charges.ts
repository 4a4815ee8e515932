import { reversedAmounts } from '#ledger';
import type { SpanId, TraceId } from '#model';
import {
  chargeStep,
  mayBeCharged,
  reportInForce,
  withUsageReport,
  type PriceIndex,
  type UsageReport,
} from '#pricing';
import { parseStep } from '#trails';
import { readReversals } from '../adjustments/read-reversals.ts';
import { readNewestSteps } from '../assemble/steps.ts';
import { spanIdFromInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import type { Queryable } from '../connection/database.ts';
import { readUsageReports } from '../usage-reports/usage-reports.ts';
import type { Violation } from './violations.ts';

/** What one usage is charged by one price row, in pico of the asset. */
interface UsageCharge {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly provider: string;
  /** UTC day of the usage. */
  readonly day: string;
  readonly asset: string;
  readonly priceId: string | null;
  readonly amountPico: bigint;
}

/** One usage with its charges, as it is told apart. */
type UsageKey = string;
const keyOf = (charge: Pick<UsageCharge, 'traceId' | 'spanId' | 'provider' | 'day' | 'asset'>): UsageKey =>
  [charge.traceId, charge.spanId, charge.provider, charge.day, charge.asset].join(' ');

/**
 * Holds what is owed for each usage of these traces against its charge made again: the stored step record at the price
 * rows known now, or what a provider reported of it, less what people reversed (ledger.md 7, I9).
 *
 * @param priceIds of the rows of `prices`
 * @param limit of violations
 */
export async function checkCharges(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  { prices, priceIds }: { readonly prices: PriceIndex; readonly priceIds: ReadonlySet<string> },
  limit: number,
): Promise<Violation[]> {
  const differences = new Map<UsageKey, bigint>();
  const add = (key: UsageKey, amount: bigint): void => {
    differences.set(key, (differences.get(key) ?? 0n) + amount);
  };
  const taken = await readTaken(db, tenantId, traceIds, priceIds);
  for (const charge of await recomputeCharges(db, tenantId, traceIds, prices))
    add(keyOf(charge), charge.amountPico - (taken.get(takenKey(charge)) ?? 0n));
  for (const owed of await readOwedByUsage(db, tenantId, traceIds)) add(keyOf(owed), -owed.amountPico);
  return [...differences]
    .filter(([, difference]) => difference !== 0n)
    .slice(0, limit)
    .map(([subject, difference]) => ({
      invariant: CHARGES,
      tenantId,
      subject,
      found: `${difference} more charged than owed`,
    }));
}

export const CHARGES = 'what is owed for each usage is its stored step at its price row';

async function recomputeCharges(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  prices: PriceIndex,
): Promise<UsageCharge[]> {
  const reports = new Map<string, UsageReport[]>();
  for (const { traceId, spanId, ...report } of await readUsageReports(db, tenantId, traceIds)) {
    const key = `${traceId} ${spanId}`;
    reports.set(key, [...(reports.get(key) ?? []), { ...report, reportId: REPORTED }]);
  }
  const steps = await readNewestSteps(db, tenantId, traceIds);
  return steps.flatMap(({ role, record }) =>
    mayBeCharged(role, record) ? chargesOf(record, prices, reports) : [],
  );
}

/** Stands for the price row of what a provider reported. */
const REPORTED = 'reported';

function chargesOf(
  record: string,
  prices: PriceIndex,
  reports: ReadonlyMap<string, readonly UsageReport[]>,
): UsageCharge[] {
  const step = parseStep(record);
  const { traceId, spanId } = step;
  const day = new Date(Number(step.startedAtNs / 1_000_000n)).toISOString().slice(0, 10);
  const report = reportInForce(reports.get(`${traceId} ${spanId}`) ?? []);
  return withUsageReport(chargeStep(step, prices), report).flatMap((charge) => {
    if (charge.state === 'unpriced') return [];
    const { provider, asset, priceId, amountPico } = charge;
    return [{ traceId, spanId, provider, day, asset, priceId, amountPico }];
  });
}

const takenKey = (of: Pick<UsageCharge, 'traceId' | 'spanId' | 'asset' | 'priceId'>): string =>
  [of.traceId, of.spanId, of.asset, of.priceId].join(' ');

/** What was reversed of each charge. A charge that is gone, or priced by another row, has nothing to take back. */
async function readTaken(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  priceIds: ReadonlySet<string>,
): Promise<Map<string, bigint>> {
  const taken = new Map<string, bigint>();
  for (const { postingId, isPosted, entries } of await readReversals(db, tenantId, traceIds)) {
    if (!isPosted) continue;
    for (const { usageSpanId: spanId, asset, priceId, amountPico } of reversedAmounts(entries)) {
      const from = priceId !== null && priceIds.has(priceId) ? priceId : REPORTED;
      const key = takenKey({ traceId: postingId, spanId, asset, priceId: from });
      taken.set(key, (taken.get(key) ?? 0n) + amountPico);
    }
  }
  return taken;
}

/** What stands owed for each usage, reversals and all. */
async function readOwedByUsage(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<Omit<UsageCharge, 'priceId'>[]> {
  const { rows } = await db.query<{
    posting_id: string;
    usage_span_id: bigint;
    provider: string;
    day: string;
    asset: string;
    amount: string;
  }>({
    name: 'read-owed-by-usage',
    text: `
SELECT posting_id, usage_span_id, provider, to_char(usage_day, 'YYYY-MM-DD') AS day, asset, -sum(amount) AS amount
  FROM ledger_entries
 WHERE tenant_id = $1 AND posting_id = ANY ($2::uuid[]) AND account LIKE '2000:%'
 GROUP BY 1, 2, 3, 4, 5`,
    values: [tenantId, traceIds],
  });
  return rows.map((row) => ({
    traceId: traceIdFromUuid(row.posting_id),
    spanId: spanIdFromInt8(row.usage_span_id),
    provider: row.provider,
    day: row.day,
    asset: row.asset,
    amountPico: BigInt(row.amount),
  }));
}
