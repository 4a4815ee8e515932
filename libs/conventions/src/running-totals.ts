import type { SpanAddress, Usage } from '#model';
import type { Decision } from './decide-leaves.ts';
import type { Names } from './inherit-names.ts';
import type { RunningTotal, StepDraft } from './step-draft.ts';
import type { TraceTree } from './trace-tree.ts';
import { increaseOf } from './usage-sums.ts';
import { toTexts, toTokens } from './witness.ts';

/** A longer text names no agent: three bytes a character, it would not fit the key of a row. */
const AGENT_LENGTH_MAX = 800;

/** One total of an agent at the end of one of its invocations, as the emitter wrote it. */
interface Point extends SpanAddress {
  readonly startedAtNs: bigint;
  readonly endedAtNs: bigint;
  readonly usage: Usage;
}

/**
 * Totals that run on over the life of an agent (conventions.md B2, B3): each contains those before it, in this trace and
 * in others. Where such a total is billed, it is billed with what it gained since the one before it; one that fell is of
 * an agent made anew. The one before is the last that ended before this one began: an agent serves one invocation at a
 * time. Totals whose calls are billed one by one count as the one before all the same.
 *
 * Which totals are of one agent is told by the service and its process, the agent's name and what calls it, and the
 * conversation; without a conversation only within the trace.
 *
 * @param decisions on the spans of the tree; those on running totals that are billed are replaced
 * @param others running totals of other traces; those of this one, and repetitions, change nothing
 * @returns this trace's totals for others to read; they do not depend on `others`
 */
export function billRunningTotals(
  tree: TraceTree,
  names: readonly Names[],
  decisions: Decision[],
  others: readonly RunningTotal[],
): RunningTotal[] {
  if (!tree.drafts.some(({ isCumulative }) => isCumulative)) return [];
  const own = ownTotals(tree, names);
  const points = new Map<string, Map<string, Point>>();
  const add = (agent: string, point: Point): void => {
    const ofAgent = points.get(agent) ?? new Map<string, Point>();
    points.set(agent, ofAgent.set(`${point.traceId}/${point.spanId}`, point));
  };
  for (const { agent, point } of own) add(agent, point);
  const traceId = tree.drafts[0]!.traceId;
  for (const other of others) if (other.traceId !== traceId) add(other.agent, fromRunningTotal(other));
  const lines = new Map([...points].map(([agent, ofAgent]) => [agent, new Timeline([...ofAgent.values()])]));
  for (const { index, agent, point, isNamed } of own) {
    const decision = decisions[index]!;
    if (decision.role !== 'leaf' || decision.testimony?.usageFrom !== null) continue;
    const line = lines.get(agent)!;
    const isUnplaced = !isNamed || line.hasBeside(point);
    decisions[index] = billed(decision, point, line.before(point), isUnplaced);
  }
  return own.filter(({ isNamed }) => isNamed).map(({ agent, point }) => toRunningTotal(agent, point));
}

interface OwnTotal {
  readonly index: number;
  readonly agent: string;
  /** Whether the agent is told apart from those of other traces. */
  readonly isNamed: boolean;
  readonly point: Point;
}

function ownTotals(tree: TraceTree, names: readonly Names[]): OwnTotal[] {
  const callers = findCallers(tree);
  return tree.drafts.flatMap((draft, index): OwnTotal[] => {
    const { isCumulative, usage, usageState } = draft;
    // What is not counted whole is no point to count on from; 0 is one: an agent made anew that has used nothing.
    if (!isCumulative || usage === null || (usageState !== 'reported' && usageState !== 'zero_reported'))
      return [];
    const { agentName, conversationId } = names[index]!;
    const agent = JSON.stringify([
      draft.dialect.slice(0, draft.dialect.indexOf('@')),
      draft.serviceName,
      draft.processId,
      callers[index],
      agentName,
      conversationId,
    ]);
    const isNamed = conversationId !== null && agent.length <= AGENT_LENGTH_MAX;
    return [{ index, agent, isNamed, point: toPoint(draft, usage) }];
  });
}

/**
 * The agent and the tool right around each span: agents that others use as tools often have one name. Where one of
 * them is named anew, the totals inside are taken for another agent's.
 */
function findCallers({ drafts, parent, order }: TraceTree): (readonly (string | null)[])[] {
  const callers: (readonly (string | null)[])[] = drafts.map(() => NO_CALLER);
  for (const index of order) {
    const up = parent[index]!;
    if (up < 0) continue;
    const around = drafts[up]!;
    if (around.isCumulative) callers[index] = [around.agentName, null];
    else if (around.tool !== null) callers[index] = [callers[up]![0]!, around.tool.name];
    else callers[index] = callers[up]!;
  }
  return callers;
}

const NO_CALLER: readonly (string | null)[] = [null, null];

function billed(decision: Decision, own: Point, before: Point | undefined, isUnplaced: boolean): Decision {
  const doubt = isUnplaced ? { isUnplaced } : {};
  if (before === undefined) return { ...decision, ...doubt };
  const usage = increaseOf(own.usage, before.usage);
  if (usage === null) return { ...decision, reason: 'sole_carrier_anew', ...doubt };
  return {
    ...decision,
    reason: 'sole_carrier_increase',
    testimony: { ...decision.testimony!, usage },
    increaseSince: { traceId: before.traceId, spanId: before.spanId },
    ...doubt,
  };
}

/** The totals of one agent by their ends. */
class Timeline {
  private readonly points: readonly Point[];
  private readonly places: ReadonlyMap<Point, number>;
  private readonly starts: readonly bigint[];
  private readonly ends: readonly bigint[];

  constructor(points: Point[]) {
    this.points = points.sort(compareByEnd);
    this.places = new Map(points.map((point, place) => [point, place]));
    this.starts = points.map(({ startedAtNs }) => startedAtNs).sort(compare);
    this.ends = points.map(({ endedAtNs }) => endedAtNs);
  }

  /** The last that ended before this one began; of two that end in the moment they begin, one is before the other. */
  before(point: Point): Point | undefined {
    const ended = countUpTo(this.ends, point.startedAtNs);
    return this.points[Math.min(ended, this.places.get(point)!) - 1];
  }

  /** Whether another one was under way at the same time: then there are two agents, and nothing tells them apart. */
  hasBeside({ startedAtNs, endedAtNs }: Point): boolean {
    if (startedAtNs === endedAtNs) return false;
    return countUpTo(this.starts, endedAtNs - 1n) - countUpTo(this.ends, startedAtNs) > 1;
  }
}

/** @returns how many of the sorted times are at or before the limit */
function countUpTo(times: readonly bigint[], limit: bigint): number {
  let from = 0;
  let to = times.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (times[middle]! <= limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

function compareByEnd(left: Point, right: Point): number {
  return (
    compare(left.endedAtNs, right.endedAtNs) ||
    compare(left.startedAtNs, right.startedAtNs) ||
    compare(left.traceId, right.traceId) ||
    compare(left.spanId, right.spanId)
  );
}

const compare = <Value extends bigint | string>(left: Value, right: Value): number =>
  left < right ? -1 : left > right ? 1 : 0;

const latest = (left: bigint, right: bigint): bigint => (left > right ? left : right);

function toPoint({ traceId, spanId, startedAtNs, endedAtNs }: StepDraft, usage: Usage): Point {
  return { traceId, spanId, startedAtNs, endedAtNs: latest(startedAtNs, endedAtNs), usage };
}

function toRunningTotal(
  agent: string,
  { traceId, spanId, startedAtNs, endedAtNs, usage }: Point,
): RunningTotal {
  return {
    traceId,
    spanId,
    agent,
    startedAtNs: startedAtNs.toString(),
    endedAtNs: endedAtNs.toString(),
    tokens: toTexts(usage.tokens),
  };
}

function fromRunningTotal({ traceId, spanId, startedAtNs, endedAtNs, tokens }: RunningTotal): Point {
  return {
    traceId,
    spanId,
    startedAtNs: BigInt(startedAtNs),
    endedAtNs: BigInt(endedAtNs),
    usage: { tokens: toTokens(tokens), units: {} },
  };
}
