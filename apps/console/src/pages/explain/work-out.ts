import type { Schemas } from '../../api/wire-types.ts';
import { divideDecimal, subtractDecimals, sumDecimals } from '../../format/decimal.ts';
import type { FigureKind } from '../../url/figure-kinds.ts';

type Explanation = Schemas['Explanation'];
type Item = Explanation['items'][number];
type Row = Pick<Schemas['CostPerOutcomeRow'], 'costUsd' | 'costLinesUsd' | 'usedOverheadUsd' | 'outcomes'>;

interface Divisor {
  readonly count: number;
  readonly of: 'outcomes' | 'work items';
}

/** A figure as its explanation works it out. */
export interface WorkedOut {
  /** Exact decimal, or a count; null: part of it is not known. */
  readonly value: string | null;
  /** What is added up to it, or divided; amounts in USD unless `isCount`. */
  readonly parts: readonly string[];
  /** What the sum of the parts is divided by. */
  readonly by: Divisor | null;
  readonly isCount: boolean;
}

/**
 * Works a figure of a report's row out from the work items behind it.
 *
 * @param items of all pages
 * @param row of the report itself, for what is in no work item's calls: lines and overhead
 */
export const workOut = (
  kind: FigureKind,
  { outcomes }: Pick<Explanation, 'outcomes'>,
  items: readonly Item[],
  row: Row | undefined,
): WorkedOut => RULES[kind](items, outcomes, row);

type Rule = (items: readonly Item[], outcomes: number, row: Row | undefined) => WorkedOut;

const RULES: { readonly [Kind in FigureKind]: Rule } = {
  cost: (items) => sumOf(costOf(items)),
  cost_per_outcome: (items, outcomes) => sumOf(costOf(items), { count: outcomes, of: 'outcomes' }),
  direct: (items) => sumOf(items.filter(isAchieved).map(({ directCostUsd }) => directCostUsd)),
  failed_attempts: (items) => sumOf(failedOf(items)),
  no_outcome: (items) => sumOf(nothingOf(items)),
  bought_nothing: (items) => sumOf([...failedOf(items), ...nothingOf(items)]),
  outcomes: (items) => countOf(items.filter(isAchieved).length),
  work_items: (items) => countOf(items.length),
  mean: (items) => sumOf(costOf(items), { count: items.filter(isSpent).length, of: 'work items' }),
  dearest_tenth: (items) => sumOf(costOf(dearestTenth(items))),
  loaded: (items, _, row) => loaded(items, row, null),
  loaded_per_outcome: (items, outcomes, row) => loaded(items, row, { count: outcomes, of: 'outcomes' }),
};

const costOf = (items: readonly Item[]): string[] => items.map(({ costUsd }) => costUsd);

const failedOf = (items: readonly Item[]): string[] =>
  items.filter(isAchieved).map(({ costUsd, directCostUsd }) => subtractDecimals(costUsd, directCostUsd));

const nothingOf = (items: readonly Item[]): string[] => costOf(items.filter((item) => !isAchieved(item)));

/** At least one of them, as in the report; the API lists the costliest first. */
function dearestTenth(items: readonly Item[]): readonly Item[] {
  const spent = items.filter(isSpent);
  return spent.slice(0, Math.max(1, Math.floor(spent.length / 10)));
}

const isSpent = ({ attempts }: { readonly attempts: number }): boolean => attempts > 0;

const isAchieved = ({ phase }: { readonly phase: string }): boolean => phase === 'achieved';

const countOf = (count: number): WorkedOut => ({ value: String(count), parts: [], by: null, isCount: true });

const sumOf = (parts: readonly string[], by: Divisor | null = null): WorkedOut => ({
  value: divideDecimal(sumDecimals(parts), by?.count ?? 1, PLACES),
  parts,
  by,
  isCount: false,
});

function loaded(items: readonly Item[], row: Row | undefined, by: Divisor | null): WorkedOut {
  if (row === undefined) return { value: null, parts: [], by, isCount: false };
  return sumOf([sumDecimals(costOf(items)), row.costLinesUsd, row.usedOverheadUsd], by);
}

/** As many as the API tells: a pico. */
const PLACES = 12;
