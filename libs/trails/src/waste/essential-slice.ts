import { hasFailed } from '../fold/retries.ts';
import type { RunFacts, RunStep } from './run-facts.ts';
import type { RunGraph } from './run-graph.ts';
import type { UseLevel } from './trace-reading.ts';

/**
 * The backward slice of a run (methods.md 4.4; Weiser 1981): from what bought the outcome back over who asked for it and
 * what that used. Carried along is not used.
 *
 * @param firstOf the first of steps that did and returned the same: it is what was needed
 * @param use how sure a use has to be
 * @returns steps from which a seed is reached; empty for a run that bought nothing
 */
export function essentialSlice(
  facts: RunFacts,
  graph: RunGraph,
  firstOf: (tool: RunStep) => RunStep,
  use: Exclude<UseLevel, 0>,
): Set<RunStep> {
  const slice = new Set<RunStep>();
  const open = seedsOf(facts, graph);
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (slice.has(each)) continue;
    slice.add(each);
    const issuer = graph.issuerOf(each);
    if (issuer !== null) open.push(issuer);
    for (const part of graph.readingOf(each).prompt ?? [])
      if (part.use >= use) open.push(...graph.producersOf(part, each).map(firstOf));
  }
  return slice;
}

/** What was done last for the outcome, and everything that changed something outside and was not taken back. */
export function seedsOf(facts: RunFacts, graph: RunGraph): RunStep[] {
  if (!facts.isAchieved) return [];
  const { outcomeAtUs } = facts;
  const isBefore = ({ step }: RunStep): boolean =>
    outcomeAtUs === null || step.startedAtNs / 1000n <= outcomeAtUs;
  const answers = graph.calls.filter(
    (call) => isBefore(call) && !hasFailed(call.step) && graph.issued(call).length === 0,
  );
  const changes = graph.tools.filter(
    (tool) => isBefore(tool) && isMutating(tool, facts) && isDone(tool) && !isReverted(tool, facts, graph),
  );
  // Without an answer of its own a run ends with the last thing it did.
  const last = answers.at(-1) ?? (changes.length > 0 ? undefined : graph.calls.findLast(isBefore));
  return [...changes, ...(last === undefined ? [] : [last])];
}

/** It says that it took effect, or the tenant says that the tool writes. */
export const isMutating = ({ step }: RunStep, { policy }: RunFacts): boolean =>
  step.tool?.effect === 'confirmed' || policy.writes.some(({ tool }) => tool === step.tool?.name);

const isDone = ({ step }: RunStep): boolean =>
  !hasFailed(step) && (step.tool?.disposition ?? 'executed') === 'executed';

function isReverted(tool: RunStep, { policy }: RunFacts, graph: RunGraph): boolean {
  const rule = policy.writes.find((write) => write.tool === tool.step.tool?.name);
  if (rule === undefined) return false;
  const key = writtenKey(tool, rule.key, graph);
  return graph.tools.some(
    (other) =>
      other.step.startedAtNs > tool.step.startedAtNs &&
      rule.revertedBy.includes(other.step.tool?.name ?? '') &&
      isDone(other) &&
      key !== null &&
      writtenKey(other, rule.key, graph) === key,
  );
}

/** What a tool was pointed at, by the arguments that say so; null where one of them is not known. */
export function writtenKey(tool: RunStep, names: readonly string[], graph: RunGraph): string | null {
  const fields = graph.readingOf(tool).arguments?.fields;
  const values = names.map((name) => fields?.[name]);
  return values.some((value) => value === undefined) ? null : values.join(' ');
}
