import { CostPolicies, isBillMoved, toFxRate, type FxRate } from '#ledger';
import {
  holdFxRates,
  listFxRates,
  readTenantRules,
  recordFxRates,
  touchForeignBills,
  type Client,
} from '#store';
import type { toRateRow } from './fx-rate-bodies.ts';

type NewRate = ReturnType<typeof toRateRow>;

/** As many rates of a pair as a comparison with a bill looks at. */
const MAX_RATES = 100_000;

/**
 * Records rates and makes those bills due that they move: whose conversion found another rate, or none for another
 * reason, before them. A change of the policy that says which rates count makes its bills due itself.
 *
 * @returns how many rates were new
 */
export async function tellFxRates(
  client: Client,
  tenantId: bigint,
  recorded: Parameters<typeof recordFxRates>[2],
  rates: readonly NewRate[],
): Promise<number> {
  await holdFxRates(client, tenantId);
  const before = await readRatesOfPairs(client, tenantId, rates);
  const made = await recordFxRates(client, tenantId, recorded, rates);
  if (made === 0) return 0;
  const after = await readRatesOfPairs(client, tenantId, rates);
  const policies = new CostPolicies((await readTenantRules(client, tenantId)).policies);
  const policyOn = (day: string) =>
    policies.fxAt(BigInt(Date.parse(`${day}T23:59:59.999Z`)) * 1000n + 999n).rule;
  await touchForeignBills(client, tenantId, (bill) => isBillMoved(bill, before, after, policyOn), 'fx rates');
  return made;
}

/** Every rate that is known of the pairs of these, told either way round. */
async function readRatesOfPairs(
  client: Client,
  tenantId: bigint,
  rates: readonly NewRate[],
): Promise<FxRate[]> {
  const pairs = new Set(rates.flatMap(({ base, quote }) => [`${base} ${quote}`, `${quote} ${base}`]));
  const known: FxRate[] = [];
  for (const pair of pairs) {
    const [base, quote] = pair.split(' ');
    known.push(...(await listFxRates(client, tenantId, { base, quote, limit: MAX_RATES })).map(toFxRate));
  }
  return known;
}
