import type { Schemas } from '../../api/wire-types.ts';

type Decision = Schemas['BaselineRow']['decision'];

/** What the gates of the baseline report decide, in a line; the tone is of the figure, not of what to do about it. */
export function verdictWords({
  verdict,
  missing,
  itemsToDecide,
  isIncomplete,
}: Pick<Decision, 'verdict' | 'missing' | 'itemsToDecide'> & {
  /** Whether part of the cost is not known. */
  readonly isIncomplete?: boolean;
}): {
  readonly text: string;
  readonly tone: 'good' | 'warn' | 'bad' | 'plain';
} {
  const reasons = missing.map((each) =>
    each !== 'interval' || isIncomplete === undefined
      ? missingWords(each)
      : isIncomplete
        ? 'part of the cost has no price'
        : 'there are too few items for an interval',
  );
  return WORDS[verdict](reasons, itemsToDecide);
}

const WORDS: {
  readonly [Verdict in Decision['verdict']]: (
    reasons: readonly string[],
    itemsToDecide: number | null,
  ) => ReturnType<typeof verdictWords>;
} = {
  replace_baseline: () => ({ text: 'The agent is cheaper than its baseline', tone: 'good' }),
  keep_baseline: () => ({ text: 'The baseline is cheaper than the agent', tone: 'bad' }),
  fix_first: () => ({ text: 'Mend first what makes the agent dearer than it has to be', tone: 'warn' }),
  hold: (_, items) => ({
    text:
      items === null
        ? 'Not told apart from the baseline yet'
        : `Not told apart yet: about ${items.toLocaleString('en-US')} items would`,
    tone: 'plain',
  }),
  need_data: (reasons) => ({
    text: `Over all of them nothing is decided: ${reasons.join(', ')}`,
    tone: 'warn',
  }),
};

const MISSING: Readonly<Record<string, string>> = {
  items: 'fewer than ten items have ended',
  interval: 'the figure has no interval, because it is of too few items or part of the cost is unknown',
  link_coverage: 'too little of the cost is linked to work',
  maturity: 'too many items are still open',
  reconciliation: 'the bill and the figures do not tie',
  baseline: 'no baseline is recorded',
  baseline_is_assumed: 'the baseline is an assumption',
};

const missingWords = (missing: string): string => MISSING[missing] ?? missing.replaceAll('_', ' ');

/** `21.5` against `0.067`: how many times one is the other, for the eye; null where there is no such number. */
export function timesWords(headroom: string | null): string | null {
  if (headroom === null) return null;
  const times = Number(headroom);
  if (!Number.isFinite(times) || times <= 0) return null;
  return times >= 10 ? Math.floor(times).toLocaleString('en-US') : times.toFixed(1);
}
