import { inTime, retriesOf } from '../fold/retries.ts';
import type { StepEntry, Trail, TrailEntry } from '../fold/fold-trail.ts';

/** Something that was done, with the retries of it folded in. */
export interface Act {
  /** What it is, whatever it said: kind, tool, rules, source. Acts with the same signature may be the same act. */
  readonly signature: string;
  /** The first try, then its retries. */
  readonly tries: readonly TrailEntry[];
  /** What an agent does to the world or decides: not a turn of a conversation with a model, nor a frame around it. */
  readonly isDeed: boolean;
}

const DEEDS = new Set(['tool_call', 'retrieval', 'human', 'guardrail', 'memory']);
/** Frames around what is done; their contents are compared instead. */
const FRAMES = new Set(['agent', 'workflow', 'other']);

/**
 * What was done in a trail, in time: calls of models and tools, retrievals, people, and decisions told afterwards.
 * Mirrors, what a rule made overhead, and frames that say nothing of decisions are left out.
 */
export function actsOf(trail: Trail): Act[] {
  const retries = retriesOf(trail);
  const firstTry = new Map<StepEntry, { -readonly [Key in keyof Act]: Act[Key] }>();
  const acts: { act: Act; at: bigint; n: number }[] = [];
  for (const entry of inTime(trail.entries)) {
    const { step } = entry.fact;
    if (step.role === 'mirror' || step.overheadPool !== null) continue;
    if (FRAMES.has(step.kind) && step.decisions === undefined) continue;
    const retried = retries.get(entry);
    const before = retried === undefined ? undefined : firstTry.get(retried.of);
    if (before !== undefined) {
      before.tries = [...before.tries, entry];
      firstTry.set(entry, before);
      continue;
    }
    const act = {
      signature: signatureOf(entry),
      tries: [entry],
      isDeed: DEEDS.has(step.kind) || step.decisions !== undefined,
    };
    firstTry.set(entry, act);
    acts.push({ act, at: entry.happenedAtNs, n: entry.n });
  }
  for (const entry of trail.entries)
    if (entry.type === 'told')
      acts.push({
        act: { signature: toldSignature(entry), tries: [entry], isDeed: true },
        at: entry.happenedAtNs,
        n: entry.n,
      });
  return acts.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.n - b.n)).map(({ act }) => act);
}

/** `tool_call get_order`, `model_call`, `retrieval policies [rule REFUND-30D]`. */
export function signatureOf({ fact: { step } }: StepEntry): string {
  const what = step.kind === 'tool_call' ? (step.tool?.name ?? '') : sourceOf(step.kind, step.name);
  const said = (step.decisions ?? [])
    .filter(({ kind }) => kind !== 'document')
    .map(({ kind, id }) => `${kind} ${id}`)
    .sort();
  return [step.kind, what, said.length === 0 ? '' : `[${said.join(', ')}]`]
    .filter((part) => part !== '')
    .join(' ');
}

/** The name of a retrieval's span is its source (`retrieval policies`); a frame's is all that is known of it. */
const sourceOf = (kind: string, name: string): string =>
  kind === 'model_call' || kind === 'agent'
    ? ''
    : kind === 'retrieval'
      ? (name ?? '').replace(/^retrieval ?/, '')
      : (name ?? '');

const toldSignature = (entry: Extract<TrailEntry, { type: 'told' }>): string =>
  `told ${entry.fact.decision.kind} ${entry.fact.decision.id}`;
