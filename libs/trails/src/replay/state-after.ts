import type { Amounts } from '../fold/costs.ts';
import type { Replay, ReplayDecision, ReplayEntry } from './replay-format.ts';

/** What stood after an entry of a trail. */
export type TrailState = {
  readonly n: number;
  /** When it was known. */
  readonly at: string;
  /** By the events known then: `open`, or what they did. */
  readonly phase: string;
  readonly attempts: readonly number[];
  readonly cost: Amounts;
  readonly modelCalls: number;
  readonly tools: readonly { readonly tool: string; readonly called: number; readonly failed: number }[];
  /** Documents retrieved; null = a retrieval did not say how many. */
  readonly documents: number | null;
  readonly retries: number;
  readonly handOffs: number;
  /** Rules, exceptions, precedents and overrides said by then, each with its entry. */
  readonly decisions: readonly (ReplayDecision & { readonly by: number })[];
  /** Entries that come after it, in the same order. */
  readonly unknownYet: number;
};

const PHASE_OF: Readonly<Record<string, string>> = {
  achieved: 'achieved',
  failed: 'failed',
  cancelled: 'cancelled',
  expired: 'expired',
  reopened: 'open',
};

/**
 * The fold of a replay up to an entry, in the order it is listed in.
 *
 * @returns null where the replay has no such entry
 */
export function stateAfter(replay: Replay, n: number): TrailState | null {
  const place = replay.entries.findIndex((entry) => entry.n === n);
  if (place < 0) return null;
  const known = replay.entries.slice(0, place + 1);
  const entry = known.at(-1)!;
  return {
    n,
    at: known.reduce((latest, { knownAt }) => (knownAt > latest ? knownAt : latest), entry.knownAt),
    phase: phaseOf(known),
    attempts: [...new Set(known.flatMap(({ attempt }) => attempt ?? []))].sort((a, b) => a - b),
    cost: entry.cost.cumulative,
    modelCalls: known.filter(({ step }) => step?.kind === 'model_call' && step.role !== 'mirror').length,
    tools: toolsOf(known),
    documents: known
      .flatMap(({ retrieved }) => (retrieved === null ? [] : [retrieved.documents]))
      .reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0),
    retries: known.filter(({ retryOf }) => retryOf !== null).length,
    handOffs: known.filter(({ handOff }) => handOff !== null).length,
    decisions: known.flatMap(({ n: by, decisions }) => decisions.map((decision) => ({ ...decision, by }))),
    unknownYet: replay.entries.length - known.length,
  };
}

/** The last word in business time; of events at one time the one recorded last. */
function phaseOf(known: readonly ReplayEntry[]): string {
  const words = known
    .filter(({ outcome }) => outcome !== null && PHASE_OF[outcome.effect] !== undefined)
    .sort((a, b) => (a.happenedAt < b.happenedAt ? -1 : a.happenedAt > b.happenedAt ? 1 : a.n - b.n));
  return PHASE_OF[words.at(-1)?.outcome?.effect ?? ''] ?? 'open';
}

export function toolsOf(known: readonly ReplayEntry[]): TrailState['tools'] {
  const tools = new Map<string, { called: number; failed: number }>();
  for (const { tool, step } of known) {
    if (tool === null || step?.role === 'mirror' || (step?.overheadPool ?? null) !== null) continue;
    const count = tools.get(tool.called) ?? { called: 0, failed: 0 };
    count.called += 1;
    if (tool.disposition !== 'executed') count.failed += 1;
    tools.set(tool.called, count);
  }
  return [...tools].sort(([a], [b]) => (a < b ? -1 : 1)).map(([tool, count]) => ({ tool, ...count }));
}
