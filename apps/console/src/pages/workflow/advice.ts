import type { Schemas } from '../../api/wire-types.ts';
import { compareDecimals } from '../../format/decimal.ts';
import { showMoney } from '../../format/money.ts';
import { kindOf } from '../../format/outcome-words.ts';

type Segment = Pick<
  Schemas['SentenceRow']['segments'][number],
  'conditions' | 'verdict' | 'mixedUsd' | 'routedUsd'
>;

interface Known {
  readonly outcomeType: string | null;
  /** What the gates of the baseline report decide of all items; null: nothing is compared. */
  readonly decision: Pick<Schemas['BaselineRow']['decision'], 'verdict' | 'itemsToDecide'> | null;
  readonly baselineName: string | null;
  readonly savingPerOutcomeUsd: string | null;
  readonly segments: readonly Segment[];
}

/**
 * What somebody who decides can do about a workflow, one line each, the most telling first. Only what the gates of the
 * reports decide is said; where they decide nothing of it, nothing.
 */
export function adviceOf({
  outcomeType,
  decision,
  baselineName,
  savingPerOutcomeUsd,
  segments,
}: Known): string[] {
  if (baselineName === null) return ['Record what the same costs another way: then it can be compared'];
  const thing = (kindOf(outcomeType) ?? 'item').replaceAll('_', ' ');
  const dearer = segments.filter(({ verdict }) => verdict === 'keep_baseline');
  const lines = dearer.map(
    (segment) => `Send each ${thing} with ${namesOf(segment)} to ${baselineName}${saves(segment, thing)}`,
  );
  const others = dearer.length === 0 ? `each ${thing}` : 'the others';
  if (decision?.verdict === 'replace_baseline')
    return [
      ...lines,
      `Leave ${others} to the agent${
        savingPerOutcomeUsd === null || dearer.length > 0
          ? ''
          : `: ${showMoney(savingPerOutcomeUsd)} less than at ${baselineName}`
      }`,
    ];
  if (decision?.verdict === 'keep_baseline' && dearer.length === 0)
    return [`Send each ${thing} to ${baselineName}, or make the agent cheaper`];
  if (decision?.verdict === 'fix_first')
    return [...lines, 'Mend first what makes the agent dearer than it has to be'];
  return lines;
}

const namesOf = ({ conditions }: Segment): string =>
  conditions.map(({ attribute, value }) => `${attribute} = ${value}`).join(' and ');

/** From the half of the items that the segment is told from, whose cost per outcome need not be that of all. */
const saves = ({ mixedUsd, routedUsd }: Segment, thing: string): string =>
  mixedUsd !== null && routedUsd !== null && compareDecimals(routedUsd, mixedUsd) < 0
    ? `: in the half of the ${thing}s this is told from, ${showMoney(mixedUsd)} each become ${showMoney(routedUsd)}`
    : '';
