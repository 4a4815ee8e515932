import type { Schemas } from '../../api/wire-types.ts';
import { compareDecimals, sumDecimals } from '../../format/decimal.ts';
import type { Entry, Mark } from './describe-entry.ts';

type Waste = Schemas['WorkItemWaste'];
export type Flag = Waste['flags'][number];

/** A flag with the entries of the trail that it names. */
export interface PlacedFlag {
  readonly flag: Flag;
  /** The step that is flagged; null: it is not in the trail as it is read. */
  readonly at: number | null;
  /** Steps that show it. */
  readonly because: readonly number[];
  /** Steps whose cost it is about. */
  readonly costOf: readonly number[];
}

/** What rules say of one entry of a trail. */
export interface StepWaste {
  readonly flags: readonly PlacedFlag[];
  /** Flags of other steps that take cost of this one. */
  readonly takenBy: readonly PlacedFlag[];
  /** What bought the outcome depends on it. */
  readonly isEssential: boolean;
}

export interface TrailWaste {
  readonly flags: readonly PlacedFlag[];
  /** By number of the entry; an entry of which no rule says anything is not in it. */
  readonly steps: ReadonlyMap<number, StepWaste>;
  /** What rules take of the runs; null: a run is not judged yet. */
  readonly wastedUsd: string | null;
}

/** Places the verdicts of the rules on the entries of a trail, by trace and span. */
export function wasteOf({ runs, flags }: Waste, entries: readonly Entry[]): TrailWaste {
  const byStep = new Map(
    entries.flatMap(({ n, step }) => (step === null ? [] : [[`${step.traceId} ${step.spanId}`, n] as const])),
  );
  const place = (traceId: string, spans: readonly string[]): number[] =>
    spans.flatMap((spanId) => byStep.get(`${traceId} ${spanId}`) ?? []);
  const placed = flags.map((flag) => ({
    flag,
    at: place(flag.traceId, [flag.spanId])[0] ?? null,
    because: place(flag.traceId, flag.because),
    costOf: place(flag.traceId, flag.costOf),
  }));
  const essential = new Set(runs.flatMap(({ traceId, essentialSpans }) => place(traceId, essentialSpans)));
  const steps = new Map<number, StepWaste>();
  for (const { n } of entries) {
    const own = placed.filter(({ at }) => at === n);
    const takenBy = placed.filter(({ at, costOf, flag }) => at !== n && takes(flag) && costOf.includes(n));
    if (own.length + takenBy.length > 0 || essential.has(n))
      steps.set(n, { flags: own, takenBy, isEssential: essential.has(n) });
  }
  const wasted = runs.map(({ wasteCostUsd }) => wasteCostUsd);
  return {
    flags: placed,
    steps,
    wastedUsd: wasted.every((each) => each !== null) ? sumDecimals(wasted) : null,
  };
}

/** Whether the flag takes any of the cost; one that is only suspected never does. */
export const takes = ({ costUsd }: Flag): boolean => compareDecimals(costUsd, '0') > 0;

/** What catches the eye in the list. */
export const wasteMarks = (waste: StepWaste | undefined): Mark[] =>
  waste === undefined
    ? []
    : [
        ...waste.flags.map(({ flag }): Mark => ({
          text: flag.state === 'proven' ? flag.rule : `${flag.rule}?`,
          tone: flag.state === 'proven' ? 'bad' : 'warn',
          title: `${flag.state}: ${flag.name.replaceAll('_', ' ')}`,
        })),
        ...(waste.takenBy.length === 0
          ? []
          : [{ text: 'wasted', tone: 'bad' as const, title: 'a rule takes cost of this step as wasted' }]),
        ...(waste.isEssential
          ? [{ text: 'bought it', tone: 'good' as const, title: 'what bought the outcome depends on it' }]
          : []),
      ];

/** The next entry with a flag after `n`, or before it; null where there is none. */
export function nextFlagged(
  entries: readonly Entry[],
  steps: TrailWaste['steps'],
  n: number | null,
  direction: 1 | -1,
): number | null {
  const from = entries.findIndex((entry) => entry.n === n);
  for (let at = from + direction; at >= 0 && at < entries.length; at += direction)
    if ((steps.get(entries[at]!.n)?.flags.length ?? 0) > 0) return entries[at]!.n;
  return null;
}
