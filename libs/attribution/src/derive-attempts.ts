import type { WorkItemState } from './fold-work-item.ts';

/** How an attempt was told apart; the first that applies wins (GLOSSARY: attempt). */
export type AttemptKeyKind = 'attempt' | 'conversation' | 'trace' | 'agent';

/** The part of an attempt that stands in one trace. Times are those of its first start and last end, microseconds. */
export interface AttemptPart {
  readonly traceId: string;
  readonly keyKind: AttemptKeyKind;
  readonly key: string;
  readonly startedAtUs: bigint;
  readonly endedAtUs: bigint;
}

/**
 * Where the cost of an attempt sits. Waste is always of whole attempts:
 * `retry` another attempt bought the outcome; `after_outcome` begun after it; `reopened` bought an outcome
 * that did not last; `failed`, `abandoned` the item was settled without an outcome. What was done only after an item
 * was cancelled that nobody had worked at is overhead of the workflow (methods.md 1.5).
 */
export type Placement =
  | 'work'
  | 'outcome'
  | 'waste:retry'
  | 'waste:after_outcome'
  | 'waste:reopened'
  | 'waste:failed'
  | 'waste:abandoned'
  | 'overhead:cancelled_before_work';

export interface Attempt {
  /** Identifies the attempt within its work item; the worker makes its UUID from it. */
  readonly key: string;
  readonly keyKind: AttemptKeyKind;
  readonly startedAtUs: bigint;
  readonly endedAtUs: bigint;
  /** An inferred boundary makes every figure about the attempt an estimate. */
  readonly grade: 'metered' | 'estimated';
  readonly placement: Placement;
}

/**
 * The attempts at one work item, over all traces, and where each one's cost sits.
 *
 * @param parts of all traces that name the item; any order
 * @returns attempts by start, then key. Depends only on the set of parts and the state.
 */
export function deriveAttempts(parts: readonly AttemptPart[], state: WorkItemState): Attempt[] {
  const attempts = mergeParts(parts).flatMap((whole) => cutAtBoundaries(whole, state.boundariesUs));
  attempts.sort(byStart);
  const buyers = state.settlements.map((settlement) => buyerOf(attempts, settlement.atUs));
  if (attempts.length > 0 && isCancelledBefore(attempts[0]!.startedAtUs, state))
    return attempts.map((attempt) => ({ ...attempt, placement: 'overhead:cancelled_before_work' }));
  return attempts.map((attempt) => ({ ...attempt, placement: placementOf(attempt, state, buyers) }));
}

/**
 * The attempt a step belongs to, by the key found for the step and its start.
 *
 * @returns the key of the attempt (see `Attempt.key`)
 */
export function attemptKeyAt(
  keyKind: AttemptKeyKind,
  key: string,
  part: { readonly startedAtUs: bigint; readonly endedAtUs: bigint },
  stepStartedAtUs: bigint,
  boundariesUs: readonly bigint[],
): string {
  const base = `${keyKind}:${key}`;
  if (keyKind === 'attempt' || keyKind === 'conversation') return base;
  const cut = boundariesUs.findLast(
    (atUs) => atUs > part.startedAtUs && atUs < part.endedAtUs && atUs < stepStartedAtUs,
  );
  return cut === undefined ? base : `${base}@${cut}`;
}

type Interval = Omit<Attempt, 'placement'>;

function mergeParts(parts: readonly AttemptPart[]): Interval[] {
  const merged = new Map<string, Interval>();
  for (const part of parts) {
    const key = `${part.keyKind}:${part.key}`;
    const known = merged.get(key);
    merged.set(key, {
      key,
      keyKind: part.keyKind,
      startedAtUs:
        known !== undefined && known.startedAtUs < part.startedAtUs ? known.startedAtUs : part.startedAtUs,
      endedAtUs: known !== undefined && known.endedAtUs > part.endedAtUs ? known.endedAtUs : part.endedAtUs,
      grade: 'metered',
    });
  }
  return [...merged.values()];
}

/** Without an attempt number or a conversation, an event inside the interval ends one attempt and starts the next. */
function cutAtBoundaries(whole: Interval, boundariesUs: readonly bigint[]): Interval[] {
  if (whole.keyKind === 'attempt' || whole.keyKind === 'conversation') return [whole];
  const cuts = boundariesUs.filter((atUs) => atUs > whole.startedAtUs && atUs < whole.endedAtUs);
  if (cuts.length === 0) return [whole];
  const starts = [whole.startedAtUs, ...cuts];
  return starts.map((startedAtUs, index) => ({
    ...whole,
    key: index === 0 ? whole.key : `${whole.key}@${startedAtUs}`,
    startedAtUs,
    endedAtUs: cuts[index] ?? whole.endedAtUs,
    grade: 'estimated',
  }));
}

const byStart = (a: Interval, b: Interval): number =>
  a.startedAtUs < b.startedAtUs
    ? -1
    : a.startedAtUs > b.startedAtUs
      ? 1
      : a.key < b.key
        ? -1
        : a.key > b.key
          ? 1
          : 0;

/**
 * The attempt that bought an outcome: the last one ended at or before it; if none had ended, the one running
 * (architecture 10). Ties go to the later start, then the greater key.
 */
function buyerOf(attempts: readonly Interval[], atUs: bigint): string | null {
  let ended: Interval | null = null;
  let running: Interval | null = null;
  for (const attempt of attempts) {
    if (attempt.endedAtUs <= atUs) {
      if (ended === null || attempt.endedAtUs >= ended.endedAtUs) ended = attempt;
    } else if (attempt.startedAtUs <= atUs) running = attempt;
  }
  return (ended ?? running)?.key ?? null;
}

function placementOf(attempt: Interval, state: WorkItemState, buyers: readonly (string | null)[]): Placement {
  const last = state.settlements.at(-1);
  if (last === undefined) return 'work';
  const stands = last.reopenedAtUs === null;
  if (stands && last.phase === 'achieved' && buyers.at(-1) === attempt.key) return 'outcome';
  const index = generationIndexOf(attempt, state);
  const settlement = state.settlements[index];
  const bought = state.settlements.some((s, i) => s.phase === 'achieved' && buyers[i] === attempt.key);
  if (bought) return stands ? 'waste:reopened' : 'work';
  if (settlement !== undefined && settlement.phase === 'achieved') {
    return attempt.startedAtUs > settlement.atUs ? 'waste:after_outcome' : 'waste:retry';
  }
  if (!stands) return 'work';
  switch (last.phase) {
    case 'achieved':
      return attempt.startedAtUs > last.atUs ? 'waste:after_outcome' : 'waste:retry';
    case 'failed':
      return 'waste:failed';
    default:
      return 'waste:abandoned';
  }
}

const isCancelledBefore = (firstStartUs: bigint, { phase, phaseAtUs, generation }: WorkItemState): boolean =>
  phase === 'cancelled' && generation === 1 && phaseAtUs !== null && phaseAtUs <= firstStartUs;

/** The stretch of work an attempt ended in: the first whose reopening is not before its end; past the last one, none. */
function generationIndexOf(attempt: Interval, state: WorkItemState): number {
  const index = state.settlements.findIndex(
    (s) => s.reopenedAtUs === null || attempt.endedAtUs <= s.reopenedAtUs,
  );
  return index === -1 ? state.settlements.length : index;
}
