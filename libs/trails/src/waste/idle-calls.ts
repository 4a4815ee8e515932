import type { RunCosts } from './run-costs.ts';
import type { RunFacts, RunStep } from './run-facts.ts';
import { actorOf, type RunGraph } from './run-graph.ts';

const FEWEST_CALLS = 4;
/** Intervals may differ by a fifth of their mean. */
const REGULAR = 5n;
const SHORTEST_NS = 10_000_000_000n;

/**
 * W16 idle: calls of a model at intervals, without a tool and for no work item. What beats by design is overhead, not
 * waste. Its cost is linked to nothing, so it is told beside the cost of work items.
 */
export function findIdleCalls(facts: RunFacts, graph: RunGraph, costs: RunCosts): void {
  if (facts.isLinked || graph.tools.length > 0) return;
  const byActor = new Map<string, RunStep[]>();
  for (const call of graph.calls) {
    const list = byActor.get(actorOf(call));
    if (list === undefined) byActor.set(actorOf(call), [call]);
    else list.push(call);
  }
  for (const calls of byActor.values()) {
    if (calls.length < FEWEST_CALLS || !isPeriodic(calls)) continue;
    for (const call of calls) {
      const isByDesign = facts.policy.heartbeatAgents.includes(call.step.agentName ?? '');
      costs.claim({
        rule: 'W16',
        spanId: call.step.spanId,
        state: isByDesign ? 'suspected' : 'proven',
        reason: isByDesign ? 'periodic:by_design' : 'periodic',
        because: calls.filter((other) => other !== call).slice(0, FEWEST_CALLS),
        takes: [call],
      });
    }
  }
}

function isPeriodic(calls: readonly RunStep[]): boolean {
  const starts = calls.map(({ step }) => step.startedAtNs);
  const gaps = starts.slice(1).map((at, index) => at - starts[index]!);
  const mean = (starts.at(-1)! - starts[0]!) / BigInt(gaps.length);
  return mean >= SHORTEST_NS && gaps.every((gap) => (gap > mean ? gap - mean : mean - gap) * REGULAR <= mean);
}
