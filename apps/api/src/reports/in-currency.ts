import { convertParts, CostPolicies, findRate, toFxRate } from '#ledger';
import { dividePico, formatPico } from '#model';
import {
  listFxRates,
  readCostByDay,
  readTenantRules,
  type Client,
  type CostFigure,
  type CostPerOutcomeQuery,
} from '#store';
import { z } from 'zod';
import { Money } from '../wire.ts';

const Amount = Money.nullable();

/** The figures of a row in one reporting currency, whatever currencies they were charged in. */
export const InCurrency = z
  .object({
    currency: z.string(),
    policy: z.string().meta({ description: 'The policy that says which rates: `fx@version`; 0 = shipped' }),
    cost: Amount,
    costPerOutcome: z.string().nullable(),
    directCost: Amount,
    failedAttemptCost: Amount,
    noOutcomeCost: Amount,
    loadedCost: Amount,
    loadedCostPerOutcome: z.string().nullable(),
    pendingCost: Amount,
    missing: z
      .array(z.string())
      .meta({ description: 'Rates nobody told; then no figure is given, because a rate is never guessed' }),
  })
  .meta({ id: 'InCurrency' });
export type InCurrency = z.infer<typeof InCurrency>;

/** Rates of a tenant that are read at most; more would be decades of every pair. */
const MAX_RATES = 200_000;

/**
 * Converts the figures of a report: each currency and usage day (or month) has its total converted by the dated rate
 * of the policy in force, half-even, and split over the rows, so that rows sum to the total.
 *
 * @returns the figures of a group, or of the total (null), with the outcomes it divides by
 */
export async function figuresInCurrency(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  currency: string,
): Promise<(group: readonly (string | null)[] | null, outcomes: number) => InCurrency> {
  const parts = await readCostByDay(client, tenantId, query);
  const rates = (await listFxRates(client, tenantId, { createdBeforeUs: query.nowUs, limit: MAX_RATES })).map(
    toFxRate,
  );
  const policies = new CostPolicies((await readTenantRules(client, tenantId)).policies);
  const { rule, version } = policies.fxAt(query.nowUs);
  const missing = new Set<string>();
  const sums = new Map<string, Map<CostFigure, bigint>>();
  const buckets = new Map<string, typeof parts>();
  for (const part of parts) {
    const bucket = `${part.asset} ${rule.basis === 'month_end' ? part.usageDay.slice(0, 7) : part.usageDay}`;
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), part]);
  }
  for (const bucket of buckets.values()) {
    const { asset, usageDay } = bucket[0]!;
    const rate = findRate(rates, asset.split('/')[0]!, currency, usageDay, rule);
    if (rate.state === 'missing') {
      missing.add(rate.reason);
      continue;
    }
    const converted = convertParts(
      bucket.map((part) => ({
        id: `${JSON.stringify(part.group)} ${part.figure} ${part.usageDay}`,
        ...part,
      })),
      rate,
    );
    for (const [index, { group, figure }] of bucket.entries()) {
      for (const key of [JSON.stringify(group), TOTAL]) {
        const figures = sums.get(key) ?? new Map<CostFigure, bigint>();
        sums.set(key, figures.set(figure, (figures.get(figure) ?? 0n) + converted[index]!));
      }
    }
  }
  const reasons = [...missing].sort();
  return (group, outcomes) =>
    toInCurrency(
      { currency, policy: `${version} ${rule.basis}`, missing: reasons },
      sums.get(group === null ? TOTAL : JSON.stringify(group)) ?? new Map<CostFigure, bigint>(),
      BigInt(outcomes),
    );
}

const TOTAL = 'total';

function toInCurrency(
  head: Pick<InCurrency, 'currency' | 'policy' | 'missing'>,
  figures: ReadonlyMap<CostFigure, bigint>,
  outcomes: bigint,
): InCurrency {
  const isKnown = head.missing.length === 0;
  const of = (figure: CostFigure): bigint => figures.get(figure) ?? 0n;
  const shown = (amount: bigint): string | null => (isKnown ? formatPico(amount) : null);
  const ratio = (amount: bigint): string | null => (isKnown ? dividePico(amount, outcomes) : null);
  const cost = of('direct') + of('failed_attempt') + of('no_outcome');
  return {
    ...head,
    cost: shown(cost),
    costPerOutcome: ratio(cost),
    directCost: shown(of('direct')),
    failedAttemptCost: shown(of('failed_attempt')),
    noOutcomeCost: shown(of('no_outcome')),
    loadedCost: shown(cost + of('loaded')),
    loadedCostPerOutcome: ratio(cost + of('loaded')),
    pendingCost: shown(of('pending')),
  };
}
