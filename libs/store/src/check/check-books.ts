import { buildPriceIndex } from '#pricing';
import type { Database } from '../connection/database.ts';
import { inTransaction } from '../connection/transaction.ts';
import { readPriceRows, SHIPPED_PRICES } from '../prices/read-price-rows.ts';
import { readReadableSizes } from '../reports/settled-size.ts';
import { checkBatches } from './check-batches.ts';
import { checkCharges } from './check-charges.ts';
import { readOwedWithoutTrace, readTraceIdsAfter } from './read-checked-traces.ts';
import { findViolations, type Violation } from './violations.ts';

const TRACES_PER_PAGE = 500;
const BATCHES_PER_PAGE = 500;
const MAX_TOLD = 100;
const FIRST = '0'.repeat(32);

/**
 * Holds the books of a tenant against themselves and against the usage they came from: every invariant of
 * `findViolations`, and for each usage that what is owed equals the charge recomputed from its stored step record and
 * the price rows known now.
 *
 * The second part is exact only while nothing is due (a price that was added and not yet worked through shows
 * as a difference).
 *
 * @returns the violations, at most 100 of each invariant; empty when all hold
 */
export async function checkBooks(db: Database, tenantId: bigint): Promise<Violation[]> {
  const violations = await inTransaction(db, (client) => findViolations(client, tenantId));
  violations.push(...(await checkAllBatches(db, tenantId)));
  violations.push(...(await checkAllCharges(db, tenantId)));
  for (const { provider, usageDay, asset, amount } of await readOwedWithoutTrace(db, tenantId)) {
    violations.push({
      invariant: 'usage that is owed for belongs to a trace',
      tenantId,
      subject: `${provider} ${usageDay} ${asset}`,
      found: `${amount} owed for no trace`,
    });
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

async function checkAllCharges(db: Database, tenantId: bigint): Promise<Violation[]> {
  const prices = buildPriceIndex(await readPriceRows(db, [SHIPPED_PRICES, tenantId]));
  const violations: Violation[] = [];
  for (let after = FIRST; violations.length < MAX_TOLD;) {
    const traceIds = await readTraceIdsAfter(db, tenantId, after, TRACES_PER_PAGE);
    const last = traceIds.at(-1);
    if (last === undefined) break;
    const limit = MAX_TOLD - violations.length;
    violations.push(...(await checkCharges(db, tenantId, traceIds, prices, limit)));
    after = last;
  }
  return violations;
}
