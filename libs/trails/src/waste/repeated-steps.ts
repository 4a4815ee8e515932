import { findLoops } from './find-loop.ts';
import { isMutating } from './essential-slice.ts';
import type { RunCosts } from './run-costs.ts';
import type { RunFacts, RunStep } from './run-facts.ts';
import { actorOf, inputTokensOf, modelOf, type RunGraph } from './run-graph.ts';
import { hasFailed } from '../fold/retries.ts';

/** A tool called again with what it was called with before. */
interface Repeat {
  readonly tool: RunStep;
  readonly first: RunStep;
  /** The call right before it was the same. */
  readonly isConsecutive: boolean;
  readonly result: 'same' | 'other' | 'unknown';
}

/** Tool calls that were made before, with the same arguments; a tool whose arguments are not known is none. */
export function repeatsIn(facts: RunFacts, graph: RunGraph): Repeat[] {
  const firsts = new Map<string, RunStep>();
  const repeats: Repeat[] = [];
  let previous: string | null = null;
  for (const tool of graph.tools) {
    const key = keyOf(tool, graph);
    const first = key === null ? undefined : firsts.get(key);
    if (first !== undefined)
      repeats.push({
        tool,
        first,
        isConsecutive: key === previous,
        result: compareResults(first, tool, graph),
      });
    // What was written since may have changed what is read.
    if (isMutating(tool, facts)) firsts.clear();
    if (key !== null && (first === undefined || isMutating(tool, facts))) firsts.set(key, tool);
    previous = key;
  }
  return repeats;
}

/** Name and arguments; null where the arguments are not known. */
function keyOf(tool: RunStep, graph: RunGraph): string | null {
  const given = graph.readingOf(tool).arguments?.same;
  return tool.step.tool === null || given === undefined ? null : `${tool.step.tool.name} ${given}`;
}

function compareResults(a: RunStep, b: RunStep, graph: RunGraph): Repeat['result'] {
  const [before, after] = [graph.readingOf(a).result?.same, graph.readingOf(b).result?.same];
  if (before !== undefined && after !== undefined) return before === after ? 'same' : 'other';
  // Two that failed the same way returned nothing, twice.
  const isSameFailure = hasFailed(a.step) && a.step.errorType === b.step.errorType;
  return isSameFailure && before === after ? 'same' : 'unknown';
}

/** W3 identical_tool: called again with the same arguments, nothing written in between, and the same came back. */
export function findIdenticalTools(
  facts: RunFacts,
  graph: RunGraph,
  costs: RunCosts,
  repeats: readonly Repeat[],
): void {
  for (const { tool, first, isConsecutive, result } of repeats) {
    const guard =
      hasFailed(first.step) && !hasFailed(tool.step) ? 'after_error' : guardOf(tool, facts, result);
    const issuer = graph.onlyIssuerOf(tool);
    costs.claim({
      rule: 'W3',
      spanId: tool.step.spanId,
      state: guard === null ? 'proven' : 'suspected',
      reason: `${isConsecutive ? 'identical_consecutive' : 'identical_later'}${guard === null ? '' : `:${guard}`}`,
      because: [first],
      takes: issuer === null ? [tool] : [tool, issuer],
    });
  }
}

function guardOf(tool: RunStep, facts: RunFacts, result: Repeat['result']): string | null {
  if (facts.policy.pollingTools.includes(tool.step.tool?.name ?? '')) return 'polling';
  if (isMutating(tool, facts)) return 'writes';
  return result === 'same' ? null : `result_${result}`;
}

/** W2 identical_llm: the same model was asked the same again. What was needed of equal calls is kept, else the first. */
export function findIdenticalCalls(
  facts: RunFacts,
  graph: RunGraph,
  costs: RunCosts,
  slice: ReadonlySet<RunStep>,
): void {
  const groups = new Map<string, RunStep[]>();
  for (const call of graph.calls) {
    const { prompt } = graph.readingOf(call);
    const tokens = inputTokensOf(call);
    if (prompt === undefined || prompt.length === 0 || tokens === null || hasFailed(call.step)) continue;
    const key = `${modelOf(call)} ${tokens} ${prompt.map(({ same }) => same).join()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [call]);
    else group.push(call);
  }
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const kept = group.find((call) => slice.has(call)) ?? group[0]!;
    for (const [index, call] of group.entries()) {
      if (call === kept) continue;
      const isSampling = facts.policy.samplingAgents.includes(call.step.agentName ?? '');
      const isParallel = [group[index - 1], group[index + 1]].some(
        (other) => other !== undefined && overlap(other, call),
      );
      costs.claim({
        rule: 'W2',
        spanId: call.step.spanId,
        state: isSampling || isParallel ? 'suspected' : 'proven',
        reason: isSampling ? 'identical:sampling' : isParallel ? 'identical:parallel' : 'identical',
        because: [kept],
        takes: [call],
      });
    }
  }
}

const overlap = ({ step: a }: RunStep, { step: b }: RunStep): boolean =>
  a.startedAtNs < b.endedAtNs && b.startedAtNs < a.endedAtNs;

/** W4 loop: one to four actions that repeat at least three times in a row, with the same results; the first cycle is none. */
export function findLoopedTools(facts: RunFacts, graph: RunGraph, costs: RunCosts): void {
  const byActor = new Map<string, RunStep[]>();
  for (const tool of graph.tools) {
    const actor = actorOf(tool);
    const list = byActor.get(actor);
    if (list === undefined) byActor.set(actor, [tool]);
    else list.push(tool);
  }
  for (const tools of byActor.values()) {
    const keys = tools.map((tool) => keyOf(tool, graph) ?? tool.step.tool?.name ?? tool.step.kind);
    for (const { start, period, repeats } of findLoops(keys)) {
      const cycle = tools.slice(start, start + period);
      for (const [at, tool] of tools.slice(start + period, start + period * repeats).entries()) {
        if (costs.isFlagged(tool)) continue;
        const first = cycle[at % period]!;
        const guard = loopGuard(tool, first, facts, graph);
        const issuer = graph.onlyIssuerOf(tool);
        costs.claim({
          rule: 'W4',
          spanId: tool.step.spanId,
          state: guard === null ? 'proven' : 'suspected',
          reason: guard === null ? 'loop' : `loop:${guard}`,
          because: cycle,
          takes: issuer === null ? [tool] : [tool, issuer],
        });
      }
    }
  }
}

function loopGuard(tool: RunStep, first: RunStep, facts: RunFacts, graph: RunGraph): string | null {
  if (facts.policy.pollingTools.includes(tool.step.tool?.name ?? '')) return 'polling';
  if (isMutating(tool, facts)) return 'writes';
  if (keyOf(tool, graph) === null) return 'arguments_unknown';
  const result = compareResults(first, tool, graph);
  return result === 'same' ? null : result === 'other' ? 'iteration' : 'result_unknown';
}
