import type { CostInterval } from './cost-per-outcome.ts';

/** A population's cost in the sentence. */
export interface SentenceCost {
  /** Cost per outcome; null = there is no outcome, or nothing of the cost is known. */
  readonly estimatePico: bigint | null;
  readonly interval: Pick<CostInterval, 'lowPico' | 'highPico'> | null;
  /** All that was spent; null = nothing of it is known. */
  readonly spentPico: bigint | null;
  readonly items: number;
  readonly outcomes: number;
  /** false: part of the cost is unknown, so that the figure is a lower bound. */
  readonly isComplete: boolean;
}

/** A segment in which the economics break. */
export interface SentenceSegment {
  readonly conditions: readonly { readonly attribute: string; readonly value: string }[];
  readonly cost: SentenceCost;
  /** Per item, in it and elsewhere. */
  readonly attempts: number;
  readonly restAttempts: number;
  /** Part of the gap in token cost that goes with attempts, 0 to 1; null where there is no such part. */
  readonly attemptsShareOfGap: number | null;
  readonly shareOfVolume: number;
  /** What the half that it is told from costs per outcome, and would with only these cases sent to the baseline; null without one. */
  readonly routed: { readonly mixedPico: bigint; readonly routedPico: bigint } | null;
}

/** What became of looking for segments where none is told. */
export type SegmentSearchState =
  | { readonly state: 'none_declared' }
  | { readonly state: 'nothing_sealed' }
  | { readonly state: 'too_few'; readonly known: number }
  | { readonly state: 'none_found'; readonly attributes: number; readonly looked: number };

/** Everything the sentence says; each slot is computed, none is written by hand (methods.md 6.6). */
export interface SentenceSlots {
  /** What is counted, singular: `processed claim`. */
  readonly unit: string;
  /** What a case is called, singular: `claim`. */
  readonly caseName: string;
  /** Whose cost `agent` is: a workflow, or what is left of it beside a segment; null = it goes without saying. */
  readonly population: string | null;
  /** Who or what the agent is compared with, with its article: `the BPO`; null = there is no baseline. */
  readonly baseline: { readonly name: string; readonly costPico: bigint; readonly isAssumed: boolean } | null;
  /** With a segment: everything outside of it. */
  readonly agent: SentenceCost;
  /** The segment in which the economics break; else why none is told; null = nobody looked. */
  readonly segment: SentenceSegment | SegmentSearchState | null;
}

/**
 * The sentence a manager reads: what one costs, against what, where that breaks, and what sending those cases elsewhere
 * saves. It states differences that go together, never what brings them about; a slot that is not known is said to be
 * unknown, and so is what two figures that are not told apart, or an assumed baseline, leave open.
 */
export function businessSentence(slots: SentenceSlots): string {
  const { unit, population, baseline, agent, segment } = slots;
  const begin = population === null ? 'The agent' : `${population}: the agent`;
  const parts = [
    agent.estimatePico === null
      ? withoutOutcome(begin, unit, agent)
      : `${begin} costs ${atLeast(agent)}${usd(agent.estimatePico)} per ${unit} (${bounds(agent)})${
          baseline === null
            ? '; no baseline is recorded to compare it with'
            : ` vs ${usd(baseline.costPico)} at ${baseline.name}: ${against(agent, baseline)}`
        }.`,
  ];
  if (baseline?.isAssumed === true) parts.push(`The figure of ${baseline.name} is an assumption.`);
  if (segment !== null)
    parts.push(...('state' in segment ? [searchSentence(segment)] : segmentSentences(segment, slots)));
  return parts.join(' ');
}

function withoutOutcome(
  begin: string,
  unit: string,
  { items, outcomes, spentPico, isComplete }: SentenceCost,
): string {
  const spent =
    spentPico === null
      ? 'what it cost is not known'
      : `it cost ${isComplete ? '' : 'at least '}${usd(spentPico)}`;
  return `${begin} brought ${outcomes === 0 ? 'none' : outcomes} of n=${items} to its outcome (${unit}); ${spent}.`;
}

function segmentSentences(segment: SentenceSegment, { unit, caseName, baseline }: SentenceSlots): string[] {
  const { cost, attemptsShareOfGap, routed } = segment;
  const where = conditionsText(segment.conditions);
  const gap =
    attemptsShareOfGap === null
      ? ''
      : `; ${attemptsShareOfGap === 0 ? 'none' : percent(attemptsShareOfGap)} of the gap in token cost goes with the number of attempts`;
  const [own, rest] = [segment.attempts.toFixed(1), segment.restAttempts.toFixed(1)];
  const attempts = `${own} attempts ${own === rest ? 'as elsewhere' : `instead of ${rest}`}${gap}`;
  const parts = [
    cost.estimatePico === null
      ? `${withoutOutcome(`But where ${where} it`, unit, cost).slice(0, -1)}: ${attempts}.`
      : `But where ${where} it costs ${atLeast(cost)}${usd(cost.estimatePico)} (${bounds(cost)})${
          baseline === null ? '' : `, ${against(cost, baseline)}`
        }: ${attempts}.`,
    `That is ${percent(segment.shareOfVolume)} of the volume.`,
  ];
  const savingPico = routed === null ? 0n : routed.mixedPico - routed.routedPico;
  if (baseline !== null && routed !== null && savingPico > 0n)
    parts.push(
      `Sending only these to ${baseline.name} saves ${usd(savingPico)} per ${caseName} (${usd(routed.mixedPico)} to ${usd(routed.routedPico)}).`,
    );
  // Else the figures would be taken for those of the whole, which stand beside the sentence and are other ones.
  parts.push('All of this is told from the half of the cases that had no part in finding it.');
  return parts;
}

export const conditionsText = (conditions: SentenceSegment['conditions']): string =>
  conditions.map(({ attribute, value }) => `${attribute}=${value}`).join(' and ');

function searchSentence(search: SegmentSearchState): string {
  const unknown = 'Whether it is dearer for some of them is not known:';
  if (search.state === 'none_declared') return `${unknown} no attribute of their intake is declared.`;
  if (search.state === 'nothing_sealed')
    return `${unknown} nothing is sealed yet that could part the items by lot.`;
  if (search.state === 'too_few')
    return `${unknown} of n=${search.known} the intake and the cost are known, too few to look.`;
  const { attributes, looked } = search;
  const tell =
    attributes === 1 ? 'an attribute of the intake tells' : `${attributes} attributes of the intake tell`;
  return `No part of them that ${tell} apart is dearer for sure (n=${looked}).`;
}

function against(
  { estimatePico, interval }: SentenceCost,
  baseline: { readonly name: string; readonly costPico: bigint },
): string {
  const isCheaper = interval !== null && interval.highPico !== null && interval.highPico < baseline.costPico;
  const isDearer = interval !== null && interval.lowPico > baseline.costPico;
  if (!isCheaper && !isDearer) return `not told apart from ${baseline.name} yet`;
  const share = Math.abs(Number(estimatePico) / Number(baseline.costPico) - 1);
  return isCheaper ? `${percent(share)} cheaper` : `${percent(share)} dearer than ${baseline.name}`;
}

const atLeast = ({ isComplete }: SentenceCost): string => (isComplete ? '' : 'at least ');

function bounds({ interval, items, isComplete }: SentenceCost): string {
  if (!isComplete) return `part of it is not known, n=${items}`;
  if (interval === null) return `too few items for an interval, n=${items}`;
  const { lowPico, highPico } = interval;
  const range =
    highPico === null ? `at least ${usd(lowPico)}` : `95 % CI ${usd(lowPico)} to ${usd(highPico)}`;
  return `${range}, n=${items}`;
}

/** Only none of it reads as 0 %, and only all of it as 100 %. */
function percent(share: number): string {
  const rounded = (share * 100).toFixed(0);
  if (rounded === '0' && share > 0) return 'under 1 %';
  if (rounded === '100' && share < 1) return 'over 99 %';
  return `${rounded} %`;
}
const usd = (pico: bigint): string => `$${figure(pico)}`;

/** Cents from a dollar on, three digits below: enough to compare, no more than is known. */
function figure(pico: bigint): string {
  const amount = Number(pico) / 1e12;
  if (amount === 0) return '0';
  return Math.abs(amount) >= 1
    ? amount.toFixed(2)
    : Number(amount.toPrecision(3)).toFixed(decimalsOf(amount));
}

const decimalsOf = (amount: number): number => Math.min(12, 2 - Math.floor(Math.log10(Math.abs(amount))));
