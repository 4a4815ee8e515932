import { findLoops } from './find-loop.ts';
import { isMutating } from './essential-slice.ts';
import type { RunCosts } from './run-costs.ts';
import type { RunFacts, RunStep } from './run-facts.ts';
import { actorOf, inputTokensOf, modelOf, type RunGraph } from './run-graph.ts';
import { hasFailed } from '../fold/retries.ts';

/** A tool called again with what it was called with before. */
interface Repeat {
  readonly tool: RunStep;
  /** The newest call that was the same. */
  readonly before: RunStep;
  /** Nothing was called in between. */
  readonly isConsecutive: boolean;
  /** What was called in between is known to change nothing. */
  readonly isHarmless: boolean;
  readonly result: 'same' | 'other' | 'unknown';
}

/** Tool calls that were made before, with the same arguments; a tool whose arguments are not known is none. */
export function repeatsIn(facts: RunFacts, graph: RunGraph): Repeat[] {
  const newest = new Map<
    string,
    { readonly tool: RunStep; readonly place: number; readonly others: number }
  >();
  const repeats: Repeat[] = [];
  let others = 0;
  for (const [place, tool] of graph.tools.entries()) {
    const key = keyOf(tool, graph);
    const before = key === null ? undefined : newest.get(key);
    if (before !== undefined)
      repeats.push({
        tool,
        before: before.tool,
        isConsecutive: before.place === place - 1 && !isAtOnce(before.tool, tool),
        isHarmless: before.others === others,
        result: compareResults(before.tool, tool, graph),
      });
    // What was written since may have changed what is read.
    if (isMutating(tool, facts)) newest.clear();
    if (!isReading(tool, facts)) others += 1;
    if (key !== null) newest.set(key, { tool, place, others });
  }
  return repeats;
}

const isReading = ({ step }: RunStep, { policy }: RunFacts): boolean =>
  step.kind === 'retrieval' || policy.readingTools.includes(step.tool?.name ?? '');

/** Of steps that begin and end together nobody knows which came first. */
const isAtOnce = ({ step: a }: RunStep, { step: b }: RunStep): boolean =>
  a.startedAtNs === b.startedAtNs && a.endedAtNs === b.endedAtNs;

/** The first of tools that did and returned the same; the tool itself where it repeats none. */
export function firstsOf(repeats: readonly Repeat[]): (tool: RunStep) => RunStep {
  const firsts = new Map<RunStep, RunStep>();
  for (const { tool, before, result } of repeats)
    if (result === 'same') firsts.set(tool, firsts.get(before) ?? before);
  return (tool) => firsts.get(tool) ?? tool;
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
  for (const repeat of repeats) {
    const { tool, before, isConsecutive } = repeat;
    const guard = guardOfRepeat(repeat, facts);
    const issuer = graph.onlyIssuerOf(tool);
    costs.claim({
      rule: 'W3',
      spanId: tool.step.spanId,
      state: guard === null ? 'proven' : 'suspected',
      reason: `${isConsecutive ? 'identical_consecutive' : 'identical_later'}${guard === null ? '' : `:${guard}`}`,
      because: [before],
      takes: issuer === null ? [tool] : [tool, issuer],
    });
  }
}

function guardOfRepeat(
  { tool, before, isConsecutive, isHarmless, result }: Repeat,
  facts: RunFacts,
): string | null {
  if (facts.policy.pollingTools.includes(tool.step.tool?.name ?? '')) return 'polling';
  if (isMutating(tool, facts)) return 'writes';
  if (hasFailed(before.step) && !hasFailed(tool.step)) return 'after_error';
  if (result !== 'same') return `result_${result}`;
  if (isAtOnce(before, tool)) return 'at_once';
  return isConsecutive || isHarmless ? null : 'others_between';
}

/** W2 identical_llm: the same model was asked the same again. What was needed of equal calls is kept, else the first. */
export function findIdenticalCalls(
  facts: RunFacts,
  graph: RunGraph,
  costs: RunCosts,
  slice: ReadonlySet<RunStep>,
): void {
  for (const group of equalCalls(graph)) {
    const kept = group.find((call) => slice.has(call)) ?? group[0]!;
    for (const [index, call] of group.entries()) {
      if (call === kept) continue;
      const guard = guardOfCall(call, [group[index - 1], group[index + 1]], facts);
      costs.claim({
        rule: 'W2',
        spanId: call.step.spanId,
        state: guard === null ? 'proven' : 'suspected',
        reason: guard === null ? 'identical' : `identical:${guard}`,
        because: [kept],
        takes: [call],
      });
    }
  }
}

/** Calls of one model with the same prompt of the same size, in time; those that failed are left out. */
function equalCalls(graph: RunGraph): RunStep[][] {
  const groups = new Map<string, RunStep[]>();
  for (const call of graph.calls) {
    const { prompt = [] } = graph.readingOf(call);
    const tokens = inputTokensOf(call);
    if (prompt.length === 0 || tokens === null || hasFailed(call.step)) continue;
    const key = `${modelOf(call)} ${tokens} ${prompt.map(({ same }) => same).join()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [call]);
    else group.push(call);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

function guardOfCall(
  call: RunStep,
  neighbours: readonly (RunStep | undefined)[],
  { policy }: RunFacts,
): string | null {
  if (policy.samplingAgents.includes(call.step.agentName ?? '')) return 'sampling';
  return neighbours.some((other) => other !== undefined && overlap(other, call)) ? 'parallel' : null;
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
  if (isAtOnce(first, tool)) return 'at_once';
  const result = compareResults(first, tool, graph);
  return result === 'same' ? null : result === 'other' ? 'iteration' : 'result_unknown';
}
