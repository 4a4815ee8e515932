import { convertParts, CostPolicies, findRate, toFxRate } from '#ledger';
import { dividePico, formatPico } from '#model';
import { listFxRates, readSettings, type Client, type CostFigure, type DatedCost } from '#store';
import { z } from 'zod';
import { Money, Ratio } from '../wire.ts';

const Amount = Money.nullable();

/** The figures of a row in one reporting currency, whatever currencies they were charged in. */
export const InCurrency = z
  .object({
    currency: z.string(),
    policy: z.string().meta({ description: 'The policy that says which rates: `fx@version`; 0 = shipped' }),
    cost: Amount,
    costPerOutcome: Ratio.nullable(),
    directCost: Amount,
    failedAttemptCost: Amount,
    noOutcomeCost: Amount,
    loadedCost: Amount,
    loadedCostPerOutcome: Ratio.nullable(),
    pendingCost: Amount,
    inProgressCost: Amount.optional(),
    overheadCost: Amount.optional(),
    unattributedCost: Amount.optional(),
    missing: z
      .array(z.string())
      .meta({ description: 'Rates nobody told; then no figure is given, because a rate is never guessed' }),
  })
  .meta({ id: 'InCurrency' });
export type InCurrency = z.infer<typeof InCurrency>;

/** Rates of a tenant that are read at most; more would be decades of every pair. */
const MAX_RATES = 200_000;

/** What a conversion needs beside the parts: when it is asked, and of which books. */
export interface ConversionQuery {
  readonly currency: string;
  /** Rates told later are left out; the policy in force then says which count. */
  readonly nowUs: bigint;
  readonly size: number | null;
}

/**
 * Converts the figures of a report: each currency and usage day (or month) has its total converted by the dated rate
 * of the policy in force, half-even, and split over the rows, so that rows sum to the total.
 *
 * @param outcomes what the figures of a group are divided by; null = by nothing, as in a period
 * @returns the figures of a group, or of the total (null)
 */
export async function figuresInCurrency(
  client: Client,
  tenantId: bigint,
  parts: readonly DatedCost[],
  { currency, nowUs, size }: ConversionQuery,
): Promise<(group: readonly (string | null)[] | null, outcomes: number | null) => InCurrency> {
  const rates = (await listFxRates(client, tenantId, { createdBeforeUs: nowUs, limit: MAX_RATES })).map(
    toFxRate,
  );
  const policies = new CostPolicies(await readSettings(client, tenantId, 'policies', size));
  const { rule, version } = policies.fxAt(nowUs);
  const missing = new Set<string>();
  const sums = new Map<string, Map<CostFigure, bigint>>();
  const buckets = new Map<string, DatedCost[]>();
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
      outcomes === null ? null : BigInt(outcomes),
    );
}

const TOTAL = 'total';
/** In the loaded cost alone, or of items that are not counted. */
const BESIDE_COST: ReadonlySet<CostFigure> = new Set(['loaded', 'pending']);

function toInCurrency(
  head: Pick<InCurrency, 'currency' | 'policy' | 'missing'>,
  figures: ReadonlyMap<CostFigure, bigint>,
  outcomes: bigint | null,
): InCurrency {
  const isKnown = head.missing.length === 0;
  const of = (figure: CostFigure): bigint => figures.get(figure) ?? 0n;
  const shown = (amount: bigint): string | null => (isKnown ? formatPico(amount) : null);
  const ratio = (amount: bigint): string | null =>
    isKnown && outcomes !== null ? dividePico(amount, outcomes) : null;
  const cost = [...figures].reduce(
    (sum, [figure, amount]) => (BESIDE_COST.has(figure) ? sum : sum + amount),
    0n,
  );
  return {
    ...head,
    cost: shown(cost),
    costPerOutcome: ratio(cost),
    directCost: shown(of('direct')),
    failedAttemptCost: shown(of('failed_attempt')),
    noOutcomeCost: shown(of('no_outcome')),
    loadedCost: shown(cost + of('loaded')),
    loadedCostPerOutcome: ratio(cost + of('loaded')),
    pendingCost: outcomes === null ? null : shown(of('pending')),
    ...(outcomes === null
      ? {
          inProgressCost: shown(of('in_progress')),
          overheadCost: shown(of('overhead')),
          unattributedCost: shown(of('unattributed')),
        }
      : {}),
  };
}
