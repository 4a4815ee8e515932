import {
  buildPriceIndex,
  chargeStep,
  mayBeCharged,
  reportInForce,
  withUsageReport,
  type PriceIndex,
  type UsageReport,
} from '#pricing';
import { parseStep } from '#trails';
import type { Database } from '../connection/database.ts';
import { readPriceRows, SHIPPED_PRICES } from '../prices/read-price-rows.ts';
import { readNewestSteps } from '../assemble/steps.ts';
import { readUsageReports } from '../usage-reports/usage-reports.ts';
import { readReadableSizes } from '../reports/settled-size.ts';
import { checkBatches } from './check-batches.ts';
import { readOwedByDay, readTraceIdsAfter } from './charges-by-day.ts';
import { findViolations, type Violation } from './violations.ts';

const TRACES_PER_PAGE = 500;
const BATCHES_PER_PAGE = 500;
const FIRST = '0'.repeat(32);

/**
 * Holds the books of a tenant against themselves and against the usage they came from: every invariant of
 * `findViolations`, and for each provider and usage day that what is owed equals the charges recomputed from the
 * stored step records and the prices known now.
 *
 * The second part is exact only while nothing is due (a price that was added and not yet worked through shows
 * as a difference).
 *
 * @returns the violations; empty when all hold
 */
export async function checkBooks(db: Database, tenantId: bigint): Promise<Violation[]> {
  const violations = await findViolations(db, tenantId);
  violations.push(...(await checkAllBatches(db, tenantId)));
  const charged = await recomputeCharges(
    db,
    tenantId,
    buildPriceIndex(await readPriceRows(db, [SHIPPED_PRICES, tenantId])),
  );
  for (const { provider, usageDay, asset, amount } of await readOwedByDay(db, tenantId)) {
    const key = `${provider} ${usageDay} ${asset}`;
    charged.set(key, (charged.get(key) ?? 0n) - amount);
  }
  for (const [subject, difference] of charged) {
    if (difference !== 0n) {
      violations.push({
        invariant: 'what is owed equals the charges recomputed from usage and prices',
        tenantId,
        subject,
        found: `${difference} more charged than owed`,
      });
    }
  }
  return violations;
}

/** Every posting commit that can be: those before the size history is kept from had another order of rows. */
async function checkAllBatches(db: Database, tenantId: bigint): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (let from = (await readReadableSizes(db, tenantId)).fromSize; ;) {
    const page = await checkBatches(db, tenantId, from, BATCHES_PER_PAGE);
    // Balance and positions are held over all rows above; here the log is what they are held against.
    violations.push(...page.violations.filter(({ invariant }) => invariant.includes('log commits to')));
    if (page.batches < BATCHES_PER_PAGE) return violations;
    from = page.nextIndex;
  }
}

async function recomputeCharges(
  db: Database,
  tenantId: bigint,
  prices: PriceIndex,
): Promise<Map<string, bigint>> {
  const sums = new Map<string, bigint>();
  for (let after = FIRST; ;) {
    const traceIds = await readTraceIdsAfter(db, tenantId, after, TRACES_PER_PAGE);
    const last = traceIds.at(-1);
    if (last === undefined) return sums;
    const reports = new Map<string, UsageReport[]>();
    for (const { traceId, spanId, ...report } of await readUsageReports(db, tenantId, traceIds)) {
      const key = `${traceId} ${spanId}`;
      reports.set(key, [...(reports.get(key) ?? []), { ...report, reportId: '' }]);
    }
    for (const { role, record } of await readNewestSteps(db, tenantId, traceIds)) {
      if (mayBeCharged(role, record)) addCharges(sums, record, prices, reports);
    }
    after = last;
  }
}

function addCharges(
  sums: Map<string, bigint>,
  record: string,
  prices: PriceIndex,
  reports: ReadonlyMap<string, readonly UsageReport[]>,
): void {
  const step = parseStep(record);
  const day = new Date(Number(step.startedAtNs / 1_000_000n)).toISOString().slice(0, 10);
  const report = reportInForce(reports.get(`${step.traceId} ${step.spanId}`) ?? []);
  for (const charge of withUsageReport(chargeStep(step, prices), report)) {
    if (charge.state === 'unpriced') continue;
    const key = `${charge.provider} ${day} ${charge.asset}`;
    sums.set(key, (sums.get(key) ?? 0n) + charge.amountPico);
  }
}
