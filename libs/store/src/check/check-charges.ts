import { reversedAmounts, takeBack } from '#ledger';
import type { Asset, SpanId, TraceId } from '#model';
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
  readonly asset: Asset;
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
 * @param limit of violations
 */
export async function checkCharges(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  prices: PriceIndex,
  limit: number,
): Promise<Violation[]> {
  const differences = new Map<UsageKey, bigint>();
  const add = (key: UsageKey, amount: bigint): void => {
    differences.set(key, (differences.get(key) ?? 0n) + amount);
  };
  const charges = await recomputeCharges(db, tenantId, traceIds, prices);
  for (const charge of await lessReversed(db, tenantId, traceIds, charges))
    add(keyOf(charge), charge.amountPico);
  for (const owed of await readOwedByUsage(db, tenantId, traceIds)) add(keyOf(owed), -owed.amountPico);
  return [...differences]
    .filter(([, difference]) => difference !== 0n)
    .slice(0, limit)
    .map(([subject, difference]) => ({
      invariant: CHARGES_INVARIANT,
      tenantId,
      subject,
      found: `${difference} more charged than owed`,
    }));
}

export const CHARGES_INVARIANT = 'what is owed for each usage is its stored step at its price row';

async function recomputeCharges(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  prices: PriceIndex,
): Promise<UsageCharge[]> {
  const reports = new Map<string, UsageReport[]>();
  for (const { traceId, spanId, ...report } of await readUsageReports(db, tenantId, traceIds)) {
    const key = `${traceId} ${spanId}`;
    reports.set(key, [...(reports.get(key) ?? []), { ...report, reportId: '' }]);
  }
  const steps = await readNewestSteps(db, tenantId, traceIds);
  return steps.flatMap(({ role, record }) =>
    mayBeCharged(role, record) ? chargesOf(record, prices, reports) : [],
  );
}

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

/** The charges of traces less what people reversed of them. */
async function lessReversed(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  charges: readonly UsageCharge[],
): Promise<readonly UsageCharge[]> {
  const reversals = (await readReversals(db, tenantId, traceIds)).filter(({ isPosted }) => isPosted);
  if (reversals.length === 0) return charges;
  return traceIds.flatMap((traceId) => {
    const own = reversals
      .filter(({ postingId }) => postingId === traceId)
      .map(({ entries, adjustmentId, ...reversal }) => ({
        ...reversal,
        amounts: reversedAmounts(entries),
        reversingId: adjustmentId,
        cause: adjustmentId,
      }));
    const ofTrace = charges.filter((charge) => charge.traceId === traceId);
    return takeBack(
      ofTrace.map((charge) => ({ ...charge, usageSpanId: charge.spanId })),
      own,
    );
  });
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
    asset: Asset;
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
