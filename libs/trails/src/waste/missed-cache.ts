import type { PartClaim, RunCosts } from './run-costs.ts';
import type { RunFacts, RunStep } from './run-facts.ts';
import { actorOf, inputTokensOf, modelOf, type RunGraph } from './run-graph.ts';
import { breakEvenCalls, splitByWeight, tokensBetween, type PromptTokens } from './token-costs.ts';

/** A call whose prompt began as an earlier one did, and was billed as if it did not. */
interface Miss {
  readonly call: RunStep;
  readonly earlier: RunStep;
  /** Of the common prefix, by part: how it was billed. */
  readonly prefix: readonly PromptTokens[];
}

/**
 * W11 cache_miss: a prompt that begins as an earlier one of the same model did, within the time a provider keeps it, and
 * was not billed as read from the cache. Net of what writing it costs once, from as many calls on as make that worth it.
 * Without content it is only suspected, by the counts of a model that has read from its cache before.
 */
export function findCacheMisses(facts: RunFacts, graph: RunGraph, costs: RunCosts): void {
  const byModel = new Map<string, Miss[]>();
  for (const call of graph.calls) {
    const miss = missOf(call, facts, graph);
    if (miss === null) continue;
    const list = byModel.get(modelOf(call));
    if (list === undefined) byModel.set(modelOf(call), [miss]);
    else list.push(miss);
  }
  for (const misses of byModel.values()) claimMisses(misses, costs);
  suspectByCounts(facts, graph, costs);
}

function missOf(call: RunStep, facts: RunFacts, graph: RunGraph): Miss | null {
  if (call.bill === null || !graph.isWhole(call)) return null;
  const own = graph.readingOf(call).prompt!;
  const { tokens } = call.bill;
  const counts = splitByWeight(
    tokens.read + tokens.write + tokens.uncached,
    own.map(({ bytes }) => BigInt(bytes)),
  );
  let best: { readonly earlier: RunStep; readonly parts: number } | null = null;
  for (const earlier of earlierCalls(call, facts, graph)) {
    const prompt = graph.readingOf(earlier).prompt ?? [];
    let parts = 0;
    while (parts < own.length && own[parts]!.same === prompt[parts]?.same) parts += 1;
    if (best === null || parts > best.parts) best = { earlier, parts };
  }
  if (best === null) return null;
  let to = 0n;
  const prefix = counts.slice(0, best.parts).map((count) => {
    to += count;
    return tokensBetween(tokens, to - count, to);
  });
  if (to < BigInt(facts.policy.cacheMinimumTokens) || to <= tokens.read) return null;
  return { call, earlier: best.earlier, prefix };
}

/** Ended before this one began, and not longer ago than a prefix is kept. */
function earlierCalls(call: RunStep, { policy }: RunFacts, graph: RunGraph): RunStep[] {
  const ttlNs = BigInt(policy.cacheTtlSeconds) * 1_000_000_000n;
  return graph
    .callsBefore(call)
    .filter(
      ({ step }) =>
        step.endedAtNs <= call.step.startedAtNs && call.step.startedAtNs - step.endedAtNs <= ttlNs,
    );
}

function claimMisses(misses: readonly Miss[], costs: RunCosts): void {
  const fewest = breakEvenCalls(misses[0]!.call.bill!.prices);
  // The call before the first miss would have written the prefix.
  const isWorthIt = fewest !== null && BigInt(misses.length + 1) >= fewest;
  let premium = premiumOf(misses[0]!);
  for (const { call, earlier, prefix } of misses) {
    const takes = prefix.flatMap((tokens, part): PartClaim[] => {
      const gross = savingOf(tokens, call);
      const paid = premium < gross ? premium : gross;
      premium -= paid;
      return gross > paid ? [{ call, part, pico: gross - paid }] : [];
    });
    if (takes.length === 0) continue;
    costs.claim({
      rule: 'W11',
      spanId: call.step.spanId,
      state: isWorthIt ? 'proven' : 'suspected',
      reason: isWorthIt ? 'prefix_not_read' : 'prefix_not_read:too_few_calls',
      because: [earlier],
      takes,
    });
  }
}

/** What reading these tokens from the cache would have saved. */
function savingOf({ uncached, write }: PromptTokens, { bill }: RunStep): bigint {
  const { readPico, writePico, uncachedPico } = bill!.prices;
  const gain = (pricePico: bigint): bigint => (pricePico > readPico ? pricePico - readPico : 0n);
  return uncached * gain(uncachedPico) + write * gain(writePico);
}

/** What writing the prefix costs more than sending it, where nobody has written it. */
function premiumOf({ call, earlier, prefix }: Miss): bigint {
  const { writePico, uncachedPico } = call.bill!.prices;
  if (writePico <= uncachedPico || (earlier.bill?.tokens.write ?? 0n) > 0n) return 0n;
  const tokens = prefix.reduce((sum, { read, write, uncached }) => sum + read + write + uncached, 0n);
  return tokens * (writePico - uncachedPico);
}

function suspectByCounts(facts: RunFacts, graph: RunGraph, costs: RunCosts): void {
  for (const call of graph.calls) {
    const before = graph.isWhole(call) ? undefined : readerBefore(call, facts, graph);
    if (before === undefined) continue;
    costs.claim({
      rule: 'W11',
      spanId: call.step.spanId,
      state: 'suspected',
      reason: 'cache_lost',
      because: [before],
      takes: [call],
    });
  }
}

/** The same agent's last call, where it read a prefix from the cache and this one, which is no shorter, read nothing. */
function readerBefore(call: RunStep, facts: RunFacts, graph: RunGraph): RunStep | undefined {
  const input = inputTokensOf(call);
  if (input === null || readTokensOf(call) > 0n) return undefined;
  const before = earlierCalls(call, facts, graph).findLast((other) => actorOf(other) === actorOf(call));
  if (before === undefined || readTokensOf(before) < BigInt(facts.policy.cacheMinimumTokens))
    return undefined;
  const asked = inputTokensOf(before);
  return asked !== null && input >= asked ? before : undefined;
}

const readTokensOf = ({ step }: RunStep): bigint => step.usage?.tokens.cache_read ?? 0n;
