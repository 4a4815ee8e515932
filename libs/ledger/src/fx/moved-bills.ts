import { findRate, type FoundRate, type FxRate } from './convert.ts';
import { describeRate } from './describe-rate.ts';
import type { FxPolicy } from './fx-policy.ts';

/** What of a bill says which rates bring it into the currency of the charges it is for. */
export interface BillCurrency {
  readonly currency: string;
  /** Currency of the charges; null = it does not say. */
  readonly chargedIn: string | null;
  /** Usage month, `YYYY-MM`: the rate of its last day counts. */
  readonly period: string;
}

/**
 * Whether a bill is worth something else, or has another reason for not being comparable, once further rates are known.
 * A bill that does not say what it is for is asked for every currency that there is a rate for.
 *
 * @param policyOn the policy in force on a UTC day
 */
export function isBillMoved(
  bill: BillCurrency,
  before: readonly FxRate[],
  after: readonly FxRate[],
  policyOn: (day: string) => FxPolicy,
): boolean {
  const { currency, chargedIn, period } = bill;
  const day = new Date(Date.UTC(Number(period.slice(0, 4)), Number(period.slice(5, 7)), 0))
    .toISOString()
    .slice(0, 10);
  const policy = policyOn(day);
  const others = chargedIn === null ? pairedWith(currency, after) : [chargedIn];
  return others.some(
    (other) =>
      nameOf(findRate(before, currency, other, day, policy)) !==
      nameOf(findRate(after, currency, other, day, policy)),
  );
}

const pairedWith = (currency: string, rates: readonly FxRate[]): string[] => [
  ...new Set(
    rates.flatMap(({ base, quote }) => (base === currency ? [quote] : quote === currency ? [base] : [])),
  ),
];

/** All that a comparison takes from a rate. */
const nameOf = (found: FoundRate): string =>
  found.state === 'missing'
    ? found.reason
    : `${found.numerator}/${found.denominator} ${found.rate === null ? '' : describeRate(found.rate)}`;
