import type { Claim, PartClaim, RunCosts } from './run-costs.ts';
import type { RunFacts, RunStep } from './run-facts.ts';
import type { RunGraph } from './run-graph.ts';
import type { UseLevel } from './trace-reading.ts';

/** A text in the prompt of a call. */
interface Carried {
  readonly call: RunStep;
  readonly part: number;
  readonly use: UseLevel;
  /** Share of the part that the text is, in bytes. */
  readonly bytes: bigint;
  readonly partBytes: bigint;
}

/** Every place of retrieved documents, and of what tools returned, in prompts that were read as a whole, in time. */
interface CarriedTexts {
  readonly documents: ReadonlyMap<number, readonly Carried[]>;
  readonly results: ReadonlyMap<number, readonly Carried[]>;
}

export function carriedIn(graph: RunGraph): CarriedTexts {
  const documents = new Map<number, Carried[]>();
  const results = new Map<number, Carried[]>();
  for (const call of graph.calls) {
    if (!graph.isWhole(call)) continue;
    for (const [index, part] of (graph.readingOf(call).prompt ?? []).entries()) {
      const place = { call, part: index, partBytes: BigInt(part.bytes) };
      if (part.kind === 'tool')
        push(results, part.same, { ...place, use: part.use, bytes: BigInt(part.bytes) });
      for (const { same, bytes, use } of part.documents ?? [])
        push(documents, same, { ...place, use, bytes: BigInt(Math.min(bytes, part.bytes)) });
    }
  }
  return { documents, results };
}

/**
 * W8 retrieved_unused: a retrieved document that no answer used, in every prompt that carried it. That nothing of it is
 * there proves this only of an agent that says which documents it used.
 */
export function findUnusedDocuments(
  facts: RunFacts,
  graph: RunGraph,
  costs: RunCosts,
  { documents }: CarriedTexts,
): void {
  const cites = facts.steps.some(({ step }) => step.decisions?.some(({ kind }) => kind === 'document'));
  const told = new Set<number>();
  for (const retrieval of graph.tools) {
    for (const { same } of graph.readingOf(retrieval).documents ?? []) {
      const carried = documents.get(same) ?? [];
      if (told.has(same) || carried.length === 0 || carried.some(({ use }) => use > 0)) continue;
      told.add(same);
      claimCarried(costs, carried, {
        rule: 'W8',
        spanId: retrieval.step.spanId,
        state: cites ? 'proven' : 'suspected',
        reason: cites ? 'not_used' : 'not_used:no_citations',
        because: [retrieval],
      });
    }
  }
}

/**
 * W9 stale_carry: what a tool returned, in the prompts after the last one whose answer used it. Of what was never used
 * nobody can say since when it was stale. Instructions, what people wrote and the agent's own words have to stay.
 */
export function findStaleCarry(graph: RunGraph, costs: RunCosts, { results }: CarriedTexts): void {
  for (const carried of results.values()) {
    const { call: firstCall, part } = carried[0]!;
    const [producer] = graph.producersOf(graph.readingOf(firstCall).prompt![part]!, firstCall);
    const last = carried.findLastIndex(({ use }) => use > 0);
    if (last < 0) continue;
    const lastCall = carried[last]!.call;
    const stale = carried.slice(last + 1).filter(({ call }) => call !== lastCall);
    if (stale.length === 0) continue;
    claimCarried(costs, stale, {
      rule: 'W9',
      spanId: (producer ?? firstCall).step.spanId,
      state: 'proven',
      reason: 'after_last_use',
      because: [lastCall],
    });
  }
}

function push(map: Map<number, Carried[]>, key: number, carried: Carried): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [carried]);
  else list.push(carried);
}

function claimCarried(costs: RunCosts, carried: readonly Carried[], claim: Omit<Claim, 'takes'>): void {
  const takes = carried.flatMap(({ call, part, bytes, partBytes }): PartClaim[] => {
    const whole = costs.chargeOfPart(call, part);
    if (whole === null || partBytes === 0n) return [];
    return [{ call, part, pico: (whole * bytes) / partBytes }];
  });
  if (takes.length > 0) costs.claim({ ...claim, takes });
}
