import type { BoundedCost } from './decide.ts';

/** A population's cost in the sentence. */
export interface SentenceCost extends BoundedCost {
  readonly items: number;
  /** false: part of the cost is unknown, so that the figure is a lower bound. */
  readonly isComplete: boolean;
}

/** Everything the sentence says; each slot is computed, none is written by hand (methods.md 6.6). */
export interface SentenceSlots {
  /** What is counted, singular: `processed claim`. */
  readonly unit: string;
  /** What a case is called, singular: `claim`. */
  readonly caseName: string;
  /** Who or what the agent is compared with, with its article: `the BPO`; null = there is no baseline. */
  readonly baseline: { readonly name: string; readonly costPico: bigint; readonly isAssumed: boolean } | null;
  readonly agent: SentenceCost;
  /** The segment in which the economics break, if one holds. */
  readonly segment: {
    readonly conditions: readonly { readonly attribute: string; readonly value: string }[];
    readonly cost: SentenceCost;
    readonly attempts: number;
    readonly restAttempts: number;
    /** Part of the gap in token cost that goes with attempts, 0 to 1; null where there is no gap. */
    readonly attemptsShareOfGap: number | null;
    readonly shareOfVolume: number;
    /** What the whole costs per outcome today, and with only these cases sent to the baseline. */
    readonly mixedPico: bigint;
    readonly routedPico: bigint;
  } | null;
}

/**
 * The sentence a manager reads: what one costs, against what, where that breaks, and what sending those cases elsewhere
 * saves. It states differences that go together, never what brings them about, and says so where two figures are not
 * told apart or a baseline is an assumption.
 */
export function businessSentence({ unit, caseName, baseline, agent, segment }: SentenceSlots): string {
  const parts = [
    `The agent costs ${atLeast(agent)}${usd(agent.estimatePico)} per ${unit} (${bounds(agent)})${
      baseline === null
        ? '; no baseline is recorded to compare it with'
        : ` vs ${usd(baseline.costPico)} at ${baseline.name}`
    }${baseline === null ? '' : `: ${against(agent, baseline)}`}.`,
  ];
  if (baseline?.isAssumed === true) parts.push(`The figure of ${baseline.name} is an assumption.`);
  if (segment !== null) {
    const where = segment.conditions.map(({ attribute, value }) => `${attribute}=${value}`).join(' and ');
    const gap =
      segment.attemptsShareOfGap === null
        ? ''
        : `; ${percent(segment.attemptsShareOfGap)} of the gap in token cost goes with the number of attempts`;
    parts.push(
      `But where ${where} it costs ${atLeast(segment.cost)}${usd(segment.cost.estimatePico)} (${bounds(segment.cost)})${
        baseline === null ? '' : `, ${against(segment.cost, baseline)}`
      }: ${segment.attempts.toFixed(1)} attempts instead of ${segment.restAttempts.toFixed(1)}${gap}.`,
      `That is ${percent(segment.shareOfVolume)} of the volume.`,
    );
    const savingPico = segment.mixedPico - segment.routedPico;
    if (baseline !== null && savingPico > 0n)
      parts.push(
        `Sending only these to ${baseline.name} saves ${usd(savingPico)} per ${caseName} (${figure(segment.mixedPico)} to ${figure(segment.routedPico)}).`,
      );
  }
  return parts.join(' ');
}

function against(
  { estimatePico, interval }: BoundedCost,
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
    highPico === null ? `at least ${figure(lowPico)}` : `95 % CI ${figure(lowPico)} to ${figure(highPico)}`;
  return `${range}, n=${items}`;
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
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
