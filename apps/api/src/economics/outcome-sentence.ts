import {
  businessSentence,
  conditionsText,
  type CostInterval,
  type SegmentFinding,
  type SegmentSearchState,
  type SegmentSide,
  type SentenceCost,
} from '#economics';
import { parsePico } from '#model';
import type { OutcomeHead } from './economics-report.ts';

/** What the sentence compares the agent with. */
export interface SentenceBaseline {
  readonly name: string;
  readonly costPico: bigint;
  readonly isAssumed: boolean;
}

/** Everything in the loaded cost is known. */
export const isComplete = ({ bound, loadedGrade }: OutcomeHead): boolean =>
  bound === undefined && loadedGrade !== 'incomplete';

/** A row of a report as the sentence has it. */
export const costOfHead = (head: OutcomeHead, interval: CostInterval | null): SentenceCost => ({
  estimatePico: picoOf(head.loadedCostPerOutcomeUsd),
  interval,
  spentPico: picoOf(head.loadedCostUsd),
  items: head.workItems,
  outcomes: head.outcomes ?? 0,
  isComplete: isComplete(head),
});

const costOfSide = (side: SegmentSide): SentenceCost => ({
  estimatePico: side.costPerOutcomePico,
  interval: side.interval,
  spentPico: side.loadedPico,
  items: side.items,
  outcomes: side.outcomes,
  isComplete: true,
});

/** A ratio on the wire is rounded to 12 places, which is a whole pico. */
export const picoOf = (text: string | null): bigint | null => (text === null ? null : parsePico(text));

/** The words of an outcome type: kind of work item and what became of it, `ticket.resolved`; null for several types. */
function wordsOf(outcomeTypes: readonly string[]): { unit: string; caseName: string } | null {
  const [kind, verb] = (outcomeTypes.length === 1 ? outcomeTypes[0]! : '').split('.');
  return kind === undefined || verb === undefined ? null : { unit: `${verb} ${kind}`, caseName: kind };
}

/**
 * The sentence about all items of a row. @returns null where its items have several outcome types, or none
 * @param search what became of looking for segments; null = nobody looked
 */
export function sentenceOfAll(
  cost: SentenceCost,
  about: {
    readonly population: string | null;
    readonly outcomeTypes: readonly string[];
    readonly baseline: SentenceBaseline | null;
    readonly search: SegmentSearchState | null;
  },
): string | null {
  const words = wordsOf(about.outcomeTypes);
  return (
    words &&
    businessSentence({
      ...words,
      population: about.population,
      baseline: about.baseline,
      agent: cost,
      segment: about.search,
    })
  );
}

/** The sentence about a segment and what is left beside it, both from half B. */
export function sentenceOfSegment(
  finding: SegmentFinding,
  about: {
    readonly population: string | null;
    readonly outcomeTypes: readonly string[];
    readonly baseline: SentenceBaseline | null;
  },
): string | null {
  const words = wordsOf(about.outcomeTypes);
  const outside = `outside of ${conditionsText(finding.conditions)}`;
  const perItem = ({ attempts, items }: SegmentSide): number => attempts / items;
  return (
    words &&
    businessSentence({
      ...words,
      population: about.population === null ? capitalised(outside) : `${about.population}, ${outside}`,
      baseline: about.baseline,
      agent: costOfSide(finding.outside),
      segment: {
        conditions: finding.conditions,
        cost: costOfSide(finding.inside),
        attempts: perItem(finding.inside),
        restAttempts: perItem(finding.outside),
        attemptsShareOfGap: finding.attemptsShareOfGap,
        shareOfVolume: finding.shareOfVolume,
        routed: finding.routed,
      },
    })
  );
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
