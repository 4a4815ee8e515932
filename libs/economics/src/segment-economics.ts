import { roundHalfEven } from '#model';
import { splitCostGap } from './cost-gap.ts';
import { costPerOutcomeInterval, type CostInterval } from './cost-per-outcome.ts';
import { routedCost } from './decide.ts';
import { findSegments, type Segment, type SegmentSearch } from './find-segments.ts';
import { quarterNames } from './intake-bins.ts';
import { momentsOfItems } from './mean-cost.ts';

/** A work item that is final, with what was known of it at intake. */
export interface SegmentItem {
  readonly labels: Readonly<Record<string, string>>;
  readonly numbers: Readonly<Record<string, number>>;
  readonly half: 'A' | 'B';
  readonly isAchieved: boolean;
  readonly attempts: number;
  /** Calls of agents. */
  readonly callsPico: bigint;
  /** Calls, people, tools and used overhead. */
  readonly loadedPico: bigint;
}

/** Items of half B on one side of a segment, and what their outcomes cost. */
export interface SegmentSide {
  readonly items: number;
  readonly outcomes: number;
  readonly attempts: number;
  readonly loadedPico: bigint;
  /** Loaded; null = no outcome. */
  readonly costPerOutcomePico: bigint | null;
  readonly interval: CostInterval | null;
}

/** A segment that holds, told from the half it was not found in. */
export interface SegmentFinding extends Pick<Segment, 'conditions' | 'casesA' | 'casesB' | 'adjustedPValue'> {
  readonly inside: SegmentSide;
  readonly outside: SegmentSide;
  readonly shareOfVolume: number;
  /** Part of the gap in cost of calls per item that goes with the number of attempts; null where it is no part of it. */
  readonly attemptsShareOfGap: number | null;
  /** Loaded cost per outcome as it is, and with the segment's outcomes bought at the baseline; null without one. */
  readonly routed: { readonly mixedPico: bigint; readonly routedPico: bigint } | null;
  /** The items of half B on each side, as places in the items that were given, from 0. */
  readonly members: { readonly inside: readonly number[]; readonly outside: readonly number[] };
}

export interface SegmentEconomics {
  readonly search: Omit<SegmentSearch, 'segments'>;
  readonly findings: readonly SegmentFinding[];
}

/**
 * Where the economics break (methods.md 6): segments in which an item is worth less than elsewhere. An achieved item is
 * worth what its outcome costs otherwise, less what was spent on it; one without an outcome only cost. Without a
 * baseline the outcome counts as what it costs on average in half A. Everything that is said of a segment comes from
 * half B, which had no part in finding it.
 *
 * @param items in any order
 * @param baselinePico what an outcome costs otherwise; null = nobody said
 */
export function segmentEconomics(
  items: readonly SegmentItem[],
  baselinePico: bigint | null,
): SegmentEconomics {
  const named = withQuarters(items);
  const inA = items.filter(({ half }) => half === 'A');
  const worthPico = baselinePico ?? costPerOutcome(inA) ?? 0n;
  const { segments, ...search } = findSegments(
    named.map(({ item, attributes }) => ({
      attributes,
      half: item.half,
      marginPico: (item.isAchieved ? worthPico : 0n) - item.loadedPico,
    })),
  );
  const inB = named.filter(({ item }) => item.half === 'B');
  return { search, findings: segments.map((segment) => findingOf(segment, inB, baselinePico)) };
}

interface NamedItem {
  readonly item: SegmentItem;
  /** Among the items that were given. */
  readonly place: number;
  readonly attributes: Readonly<Record<string, string>>;
}

function withQuarters(items: readonly SegmentItem[]): NamedItem[] {
  const valuesA = new Map<string, number[]>();
  for (const { numbers, half } of items) {
    if (half !== 'A') continue;
    for (const [name, value] of Object.entries(numbers)) {
      const values = valuesA.get(name);
      if (values) values.push(value);
      else valuesA.set(name, [value]);
    }
  }
  const quarters = new Map([...valuesA].map(([name, values]) => [name, quarterNames(values)]));
  return items.map((item, place) => {
    const cut = Object.entries(item.numbers).flatMap(([name, value]) => {
      const quarter = quarters.get(name);
      return quarter === undefined ? [] : [[name, quarter(value)] as const];
    });
    return { item, place, attributes: { ...item.labels, ...Object.fromEntries(cut) } };
  });
}

function findingOf(
  { conditions, casesA, casesB, adjustedPValue }: Segment,
  inB: readonly NamedItem[],
  baselinePico: bigint | null,
): SegmentFinding {
  const isInside = ({ attributes }: NamedItem): boolean =>
    conditions.every(({ attribute, value }) => attributes[attribute] === value);
  const inside = inB.filter(isInside);
  const outside = inB.filter((each) => !isInside(each));
  const [own, rest] = [sideOf(inside.map(itemOf)), sideOf(outside.map(itemOf))];
  return {
    conditions,
    casesA,
    casesB,
    adjustedPValue,
    inside: own,
    outside: rest,
    shareOfVolume: inside.length / inB.length,
    attemptsShareOfGap: attemptsShareOfGap(inside.map(itemOf), outside.map(itemOf)),
    routed:
      baselinePico === null || own.outcomes + rest.outcomes === 0
        ? null
        : routedCost(rest, own, baselinePico),
    members: { inside: inside.map(({ place }) => place), outside: outside.map(({ place }) => place) },
  };
}

const itemOf = ({ item }: NamedItem): SegmentItem => item;

function sideOf(items: readonly SegmentItem[]): SegmentSide {
  const moments = momentsOfItems(
    items.map(({ loadedPico, isAchieved }) => ({ costPico: loadedPico, isAchieved })),
  );
  return {
    items: items.length,
    outcomes: Number(moments.outcomes),
    attempts: items.reduce((sum, { attempts }) => sum + attempts, 0),
    loadedPico: moments.sum,
    costPerOutcomePico: costPerOutcome(items),
    interval: costPerOutcomeInterval(moments),
  };
}

function costPerOutcome(items: readonly SegmentItem[]): bigint | null {
  const outcomes = items.filter(({ isAchieved }) => isAchieved).length;
  const spentPico = items.reduce((sum, { loadedPico }) => sum + loadedPico, 0n);
  return outcomes === 0 ? null : roundHalfEven(spentPico, BigInt(outcomes));
}

/** Cost of calls per item = attempts per item x cost per attempt; the effect of the first over the gap. */
function attemptsShareOfGap(inside: readonly SegmentItem[], outside: readonly SegmentItem[]): number | null {
  const factors = (items: readonly SegmentItem[]) => {
    const attempts = items.reduce((sum, each) => sum + each.attempts, 0);
    const callsPico = items.reduce((sum, each) => sum + each.callsPico, 0n);
    return { perItem: attempts / items.length, perAttempt: Number(callsPico) / attempts };
  };
  const [after, before] = [factors(inside), factors(outside)];
  if (![after, before].every(({ perItem, perAttempt }) => perItem > 0 && perAttempt > 0)) return null;
  const [attempts, cost] = splitCostGap([
    { name: 'attempts', before: before.perItem, after: after.perItem },
    { name: 'cost', before: before.perAttempt, after: after.perAttempt },
  ]);
  const gap = attempts!.effect + cost!.effect;
  const share = attempts!.effect / gap;
  return gap > 0 && share >= 0 && share <= 1 ? share : null;
}
