import type { SpanAddress } from '#model';
import type { JoiningKey } from './step-draft.ts';
import type { SideTotals } from './usage-sums.ts';

const KINDS = ['response', 'request'] as const;
/** How many calls further on a pair is looked for. */
const LOOK_AHEAD_CALLS = 64;

/** A span that saw a provider call, in this trace or another, as the search for the same call needs it. */
export interface Sighting extends SpanAddress {
  readonly rank: number;
  readonly emitter: string;
  readonly keys: readonly JoiningKey[];
  /** Ids too short to hold outside of the trace. */
  readonly shortKeys: readonly JoiningKey[];
  readonly startedAtNs: bigint;
  readonly endedAtNs: bigint;
  /** null = usage unknown. */
  readonly totals: SideTotals | null;
  /** The output without what the model thought: some emitters count no more than that. */
  readonly answered: bigint | null;
  /** Names of the model, bare; empty where they do not matter. */
  readonly models: readonly string[];
}

export type SameCallReason = 'same_response' | 'same_request' | 'same_prompt' | 'replay' | 'same_usage';

/**
 * Groups sightings of one and the same provider call. Decides by content alone: the order of the sightings changes
 * nothing.
 */
export class CallGroups {
  private readonly sightings: readonly Sighting[];
  private readonly above: number[];
  private readonly reasons: SameCallReason[];

  constructor(sightings: readonly Sighting[]) {
    this.sightings = sightings;
    this.above = sightings.map((_, index) => index);
    this.reasons = sightings.map(() => 'same_usage');
  }

  /** conventions.md B5 first half, B4: the same response id, else the same request id. */
  joinByKeys(): void {
    for (const kind of KINDS)
      for (const members of this.membersByKey(kind, 'keys')) this.joinMembers(members, kind);
  }

  /**
   * conventions.md B7: a span and a log record of one prompt, which may have been served by several calls. Paired one to
   * one by time, model and counts; the thoughts may be missing in one of them.
   */
  joinByPrompt(): void {
    const matches = (left: number, right: number): boolean => {
      const [one, other] = [this.sightings[left]!, this.sightings[right]!];
      const isSameModel =
        one.models.length === 0 ||
        other.models.length === 0 ||
        one.models.some((model) => other.models.includes(model));
      return (
        isSameModel &&
        overlap(one, other) &&
        countsAgree(one, other) &&
        this.idsOf('response', [left, right]).size <= 1 &&
        this.idsOf('request', [left, right]).size <= 1 &&
        this.rootOf(left) !== this.rootOf(right)
      );
    };
    for (const members of this.membersByKey('prompt', 'keys'))
      this.pairByTime(members, matches, 'same_prompt');
  }

  /** The same short id seen by two emitters at the same time, with counts that do not contradict each other. */
  joinByShortKeys(): void {
    const matches = (left: number, right: number): boolean => {
      const [one, other] = [this.sightings[left]!, this.sightings[right]!];
      const isCompatible = one.totals === null || other.totals === null || sameTotals(one, other);
      return isCompatible && overlap(one, other);
    };
    for (const kind of KINDS)
      for (const members of this.membersByKey(kind, 'shortKeys'))
        this.pairByTime(members, matches, kind === 'response' ? 'same_response' : 'same_request');
  }

  /**
   * conventions.md B5 second half, within one trace: two emitters, the same model, overlapping times, equal usage, and
   * no ids that say otherwise. Calls are paired one to one by their starts: three equal calls seen by two emitters
   * are three calls.
   */
  joinByUsage(): void {
    const byUsage = new Map<string, number[]>();
    this.sightings.forEach(({ totals }, index) => {
      if (totals === null || (totals.input === 0n && totals.output === 0n)) return;
      push(byUsage, `${totals.input}/${totals.output}`, index);
    });
    for (const members of byUsage.values())
      if (members.length > 1) this.pairByTime(members, (left, right) => this.couldBeSame(left, right));
  }

  /** @returns the groups, each with its billed witness first, the others by rank, trace and span. */
  groups(): { readonly members: readonly number[]; readonly reasons: readonly SameCallReason[] }[] {
    const byRoot = new Map<number, number[]>();
    this.sightings.forEach((_, index) => push(byRoot, this.rootOf(index), index));
    return [...byRoot.values()].map((members) => {
      members.sort((left, right) => compareSightings(this.sightings[left]!, this.sightings[right]!));
      return { members, reasons: members.map((index) => this.reasonOf(index, members[0]!)) };
    });
  }

  private reasonOf(index: number, witness: number): SameCallReason {
    const reason = this.reasons[index]!;
    const [left, right] = [this.sightings[index]!, this.sightings[witness]!];
    const isAgain =
      left.emitter === right.emitter &&
      left.totals !== null &&
      sameTotals(left, right) &&
      !overlap(left, right);
    return isAgain && reason !== 'same_usage' ? 'replay' : reason;
  }

  private membersByKey(kind: JoiningKey['kind'], from: 'keys' | 'shortKeys'): Iterable<number[]> {
    const byKey = new Map<string, number[]>();
    this.sightings.forEach((sighting, index) => {
      for (const key of sighting[from]) if (key.kind === kind) push(byKey, key.key, index);
    });
    return [...byKey.entries()]
      .filter(([, members]) => members.length > 1)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, members]) => members);
  }

  private joinMembers(members: number[], kind: JoiningKey['kind']): void {
    const reason = kind === 'response' ? 'same_response' : 'same_request';
    const isOne = kind === 'response' || this.responseIdsOf(members).size <= 1;
    if (isOne && !this.isSharedByCalls(members)) {
      for (const member of members) this.join(members[0]!, member, reason);
      return;
    }
    const matches = (left: number, right: number): boolean =>
      this.sightings[left]!.emitter !== this.sightings[right]!.emitter &&
      sameTotals(this.sightings[left]!, this.sightings[right]!) &&
      this.responseIdsOf([left, right]).size <= 1;
    this.pairByTime(members, matches, reason);
  }

  /**
   * An id that one emitter wrote on calls of different usage, one after the other, names no call but what holds them
   * (the run of an assistant).
   */
  private isSharedByCalls(members: readonly number[]): boolean {
    const byEmitter = new Map<string, Sighting[]>();
    for (const member of members) push(byEmitter, this.sightings[member]!.emitter, this.sightings[member]!);
    for (const own of byEmitter.values()) {
      own.sort(compareByTime);
      for (let index = 1; index < own.length; index++) {
        const [left, right] = [own[index - 1]!, own[index]!];
        if (left.totals && right.totals && !sameTotals(left, right) && !overlap(left, right)) return true;
      }
    }
    return false;
  }

  private responseIdsOf(members: readonly number[]): Set<string> {
    return this.idsOf('response', members);
  }

  private idsOf(kind: JoiningKey['kind'], members: readonly number[]): Set<string> {
    const ids = new Set<string>();
    for (const member of members)
      for (const from of ['keys', 'shortKeys'] as const)
        for (const key of this.sightings[member]![from]) if (key.kind === kind) ids.add(key.key);
    return ids;
  }

  private couldBeSame(left: number, right: number): boolean {
    const [one, other] = [this.sightings[left]!, this.sightings[right]!];
    return (
      one.emitter !== other.emitter &&
      one.traceId === other.traceId &&
      overlap(one, other) &&
      one.models.some((model) => other.models.includes(model)) &&
      this.responseIdsOf([left, right]).size <= 1 &&
      this.rootOf(left) !== this.rootOf(right)
    );
  }

  /**
   * Pairs the calls of each further emitter with those of the emitters before it, each at most once, in the order of
   * their starts. Looks ahead a bounded number of calls, so that a flood of equal calls costs no more than it is long.
   */
  private pairByTime(
    members: readonly number[],
    matches: (left: number, right: number) => boolean,
    reason: SameCallReason = 'same_usage',
  ): void {
    const byEmitter = new Map<string, number[]>();
    for (const member of members) push(byEmitter, this.sightings[member]!.emitter, member);
    if (byEmitter.size < 2) return;
    const compare = (left: number, right: number): number =>
      compareByTime(this.sightings[left]!, this.sightings[right]!);
    let seeds: number[] = [];
    for (const emitter of [...byEmitter.keys()].sort(compareText)) {
      const rest: number[] = [];
      const isTaken = new Set<number>();
      let from = 0;
      for (const index of byEmitter.get(emitter)!.sort(compare)) {
        while (from < seeds.length && isTaken.has(seeds[from]!)) from++;
        const window = seeds.slice(from, from + LOOK_AHEAD_CALLS);
        const seed = window.find((one) => !isTaken.has(one) && matches(one, index));
        if (seed === undefined) {
          rest.push(index);
          const end = this.sightings[index]!.startedAtNs;
          while (from < seeds.length && this.sightings[seeds[from]!]!.endedAtNs < end) from++;
        } else {
          isTaken.add(seed);
          this.join(seed, index, reason);
        }
      }
      seeds = [...seeds, ...rest].sort(compare);
    }
  }

  private join(left: number, right: number, reason: SameCallReason): void {
    const [one, other] = [this.rootOf(left), this.rootOf(right)];
    for (const index of [left, right]) if (this.reasons[index] === 'same_usage') this.reasons[index] = reason;
    if (one !== other) this.above[Math.max(one, other)] = Math.min(one, other);
  }

  private rootOf(index: number): number {
    let root = index;
    while (this.above[root] !== root) root = this.above[root]!;
    this.above[index] = root;
    return root;
  }
}

/** Declared rank, then the smallest trace and span id, then the start: never arrival. */
export function compareSightings(left: Sighting, right: Sighting): number {
  return (
    left.rank - right.rank ||
    compareText(left.traceId, right.traceId) ||
    compareText(left.spanId, right.spanId) ||
    compareBigint(left.startedAtNs, right.startedAtNs)
  );
}

function compareByTime(left: Sighting, right: Sighting): number {
  return (
    compareBigint(left.startedAtNs, right.startedAtNs) ||
    compareText(left.traceId, right.traceId) ||
    compareText(left.spanId, right.spanId)
  );
}

function compareBigint(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function overlap(left: Sighting, right: Sighting): boolean {
  return left.startedAtNs <= right.endedAtNs && right.startedAtNs <= left.endedAtNs;
}

/** The same counts, or the same but for the thoughts, or one side does not know. */
function countsAgree(left: Sighting, right: Sighting): boolean {
  if (left.totals === null || right.totals === null) return true;
  if (left.totals.input !== right.totals.input) return false;
  const [one, other] = [left.totals.output, right.totals.output];
  return one === other || one === right.answered || other === left.answered;
}

function sameTotals(left: Sighting, right: Sighting): boolean {
  const [one, other] = [left.totals, right.totals];
  return one === null || other === null
    ? one === other
    : one.input === other.input && one.output === other.output;
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
