import { canonicalJson } from '#evidence';
import type { Step, StepCommitments } from '#model';
import type { StepRow } from '#store';
import { identityOf, parseStep, stepText, stepTexts } from '#trails';
import type { ReceivedSpan } from './read-spans.ts';

type Place = Pick<StepRow, 'traceId' | 'spanId' | 'startedAtUs'>;

/** The newest stored record of each step of some traces, read as far as somebody asks. */
export class StandingSteps {
  private readonly records: ReadonlyMap<string, string>;
  private readonly parsed = new Map<string, Step>();

  constructor(rows: readonly StepRow[]) {
    this.records = new Map(rows.map((row) => [placeOf(row), row.record]));
  }

  recordOf(row: Place): string | undefined {
    return this.records.size === 0 ? undefined : this.records.get(placeOf(row));
  }

  has(step: Step): boolean {
    return this.textOf(step) !== undefined;
  }

  /** Whether the record says what the step does, whatever it commits to beside. */
  says(step: Step): boolean {
    const text = this.textOf(step);
    if (text === undefined) return false;
    return stepTexts(stepText(step), this.commitmentsOf(step)).record === text;
  }

  /** What its record commits to; undefined where it has none, or no commitments. */
  commitmentsOf(step: Step): StepCommitments | undefined {
    return this.parse(step)?.commitments;
  }

  identityOf(step: Step): string | undefined {
    const text = this.textOf(step);
    return text === undefined ? undefined : identityOf(text);
  }

  /**
   * Keys that were found in what was said stay found when that is cut: what was linked by them stays linked.
   *
   * @returns the steps, those of cut spans with the keys of their record that only content can show
   */
  withKeysFoundBefore(steps: readonly Step[], received: readonly ReceivedSpan[]): readonly Step[] {
    const cut = new Set(
      received.flatMap(({ stored, span }) => (stored.isCut ? [`${span.spanId} ${span.startedAtNs}`] : [])),
    );
    if (cut.size === 0) return steps;
    return steps.map((step) => {
      if (!cut.has(`${step.spanId} ${step.startedAtNs}`)) return step;
      const before = this.parse(step)?.workItemKeys ?? [];
      const found = before.filter(({ tier }) => tier === 'E4' || tier === 'E5');
      const known = new Set(step.workItemKeys.map((key) => canonicalJson({ ...key })));
      const lost = found.filter((key) => !known.has(canonicalJson({ ...key })));
      return lost.length === 0
        ? step
        : { ...step, workItemKeys: inOrder(before, [...step.workItemKeys, ...lost]) };
    });
  }

  /** Most traces are new, and their steps are asked for several times. */
  private textOf(step: Step): string | undefined {
    return this.records.size === 0 ? undefined : this.records.get(placeOfStep(step));
  }

  private parse(step: Step): Step | undefined {
    if (this.records.size === 0) return undefined;
    const place = placeOfStep(step);
    const known = this.parsed.get(place);
    if (known !== undefined) return known;
    const text = this.records.get(place);
    if (text === undefined) return undefined;
    const parsed = parseStep(text);
    this.parsed.set(place, parsed);
    return parsed;
  }
}

type Keys = Step['workItemKeys'];

/** As they stood before; new ones after them. */
function inOrder(before: Keys, keys: Keys): Keys {
  const order = new Map(before.map((key, index) => [canonicalJson({ ...key }), index]));
  const placeIn = (key: Keys[number]): number => order.get(canonicalJson({ ...key })) ?? before.length;
  return [...keys].sort((a, b) => placeIn(a) - placeIn(b));
}

const placeOf = ({ traceId, spanId, startedAtUs }: Place): string => `${traceId} ${spanId} ${startedAtUs}`;
const placeOfStep = ({ traceId, spanId, startedAtNs }: Step): string =>
  `${traceId} ${spanId} ${startedAtNs / 1000n}`;
