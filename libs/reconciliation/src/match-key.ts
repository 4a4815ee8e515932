import type { BillClass, BillLine } from './bill-line.ts';
import type { OwnUsage } from './own-usage.ts';

/** What a line of the bill and our usage are matched by; null = the bill does not tell it of every line. */
export interface MatchKey {
  readonly provider: string;
  /** UTC day `YYYY-MM-DD`. */
  readonly day: string | null;
  readonly model: string | null;
  readonly billClass: BillClass | null;
  readonly serviceTier: string | null;
}

export type MatchDimension = 'day' | 'model' | 'billClass' | 'serviceTier';

const DAY_US = 86_400_000_000n;

/**
 * The dimensions that can be compared: those the bill tells of every amount (of every quantity, where it has no amounts
 * at all). The tier is told only where some line names one.
 */
export function matchDimensions(usage: readonly BillLine[]): ReadonlySet<MatchDimension> {
  const priced = usage.filter(({ amountPico }) => amountPico !== null);
  const telling = priced.length > 0 ? priced : usage;
  const dimensions = new Set<MatchDimension>();
  if (telling.every(({ startsAtUs, endsAtUs }) => endsAtUs - startsAtUs <= DAY_US)) dimensions.add('day');
  if (telling.every(({ model }) => model !== null)) dimensions.add('model');
  if (telling.every(({ billClass }) => billClass !== null)) dimensions.add('billClass');
  if (telling.some(({ serviceTier }) => serviceTier !== null)) dimensions.add('serviceTier');
  return dimensions;
}

export function billKey(
  line: BillLine,
  dimensions: ReadonlySet<MatchDimension>,
  canonicalModel: (provider: string, model: string) => string,
): MatchKey {
  return {
    provider: line.provider,
    day: dimensions.has('day') ? dayOf(line.startsAtUs) : null,
    model: dimensions.has('model') && line.model !== null ? canonicalModel(line.provider, line.model) : null,
    billClass: dimensions.has('billClass') ? line.billClass : null,
    serviceTier: dimensions.has('serviceTier') ? line.serviceTier : null,
  };
}

export function ownKey(own: OwnUsage, dimensions: ReadonlySet<MatchDimension>): MatchKey {
  return {
    provider: own.provider,
    day: dimensions.has('day') ? own.day : null,
    model: dimensions.has('model') ? own.model : null,
    billClass: dimensions.has('billClass') ? own.billClass : null,
    serviceTier: dimensions.has('serviceTier') ? own.serviceTier : null,
  };
}

export const keyText = ({ provider, day, model, billClass, serviceTier }: MatchKey): string =>
  [provider, day, model, billClass, serviceTier].join('\n');

const dayOf = (atUs: bigint): string => new Date(Number(atUs / 1000n)).toISOString().slice(0, 10);
