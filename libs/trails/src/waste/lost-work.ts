import { hasFailed } from '../fold/retries.ts';
import { writtenKey } from './essential-slice.ts';
import type { RunCosts } from './run-costs.ts';
import type { RunFacts, RunStep } from './run-facts.ts';
import type { RunGraph } from './run-graph.ts';
import type { WastePolicy } from './waste-policy.ts';

const AFTERWARDS: ReadonlySet<string> = new Set(['evaluation', 'guardrail', 'human', 'memory']);

/** W1 post_outcome: what was done after the outcome was achieved, but for looking at it and telling of it. */
export function findAfterOutcome(facts: RunFacts, graph: RunGraph, costs: RunCosts): void {
  const { outcomeAtUs, policy } = facts;
  if (!facts.isAchieved || outcomeAtUs === null) return;
  const tells = (tool: RunStep): boolean => policy.afterOutcomeTools.includes(tool.step.tool?.name ?? '');
  for (const each of facts.steps) {
    const { kind, startedAtNs, spanId } = each.step;
    if (startedAtNs / 1000n <= outcomeAtUs || each.amountPico === 0n || AFTERWARDS.has(kind)) continue;
    const issued = graph.issued(each);
    if (tells(each) || (issued.length > 0 && issued.every(tells))) continue;
    costs.claim({
      rule: 'W1',
      spanId,
      state: 'proven',
      reason: 'after_outcome',
      because: [],
      takes: [each],
    });
  }
}

/** W7 superseded: written over before anybody read it. What a person changed in between is no such thing. */
export function findSuperseded(facts: RunFacts, graph: RunGraph, costs: RunCosts): void {
  const people = facts.steps.filter(({ step }) => step.kind === 'human');
  for (const rule of facts.policy.writes) {
    for (const [before, after] of overwritesIn(rule, graph)) {
      if (costs.isFlagged(before)) continue;
      const hasPerson = people.some(({ step }) => isBetween(step.startedAtNs, before, after));
      const issuer = graph.onlyIssuerOf(before);
      costs.claim({
        rule: 'W7',
        spanId: before.step.spanId,
        state: hasPerson ? 'suspected' : 'proven',
        reason: hasPerson ? 'overwritten:person_between' : 'overwritten',
        because: [after],
        takes: issuer === null ? [before] : [before, issuer],
      });
    }
  }
}

/** Two writes to one key that nobody read in between. */
function overwritesIn(
  rule: WastePolicy['writes'][number],
  graph: RunGraph,
): (readonly [before: RunStep, after: RunStep])[] {
  const last = new Map<string, RunStep>();
  return graph.tools.flatMap((tool): (readonly [RunStep, RunStep])[] => {
    const name = tool.step.tool?.name ?? '';
    if (rule.readBy.includes(name) || rule.revertedBy.includes(name)) last.clear();
    const key = name === rule.tool && !hasFailed(tool.step) ? writtenKey(tool, rule.key, graph) : null;
    if (key === null) return [];
    const before = last.get(key);
    last.set(key, tool);
    return before === undefined ? [] : [[before, tool]];
  });
}

const isBetween = (atNs: bigint, before: RunStep, after: RunStep): boolean =>
  atNs >= before.step.startedAtNs && atNs <= after.step.endedAtNs;

/**
 * W14 abandoned: work from which nothing leads to the outcome, not even a doubtful use. Only where all content of the
 * run was read: otherwise it is unproven.
 *
 * @param reaching the slice over doubtful uses as well
 */
export function findAbandoned(
  facts: RunFacts,
  graph: RunGraph,
  costs: RunCosts,
  reaching: ReadonlySet<RunStep>,
): void {
  if (reaching.size === 0 || !graph.calls.every((call) => graph.isWhole(call))) return;
  if (!graph.tools.every((tool) => isRead(tool, graph))) return;
  for (const call of graph.calls) {
    if (reaching.has(call) || costs.isFlagged(call) || costs.left(call) === 0n) continue;
    const issued = graph.issued(call).filter((tool) => !reaching.has(tool) && !costs.isFlagged(tool));
    const isHedge = graph.calls.some(
      (other) => other !== call && reaching.has(other) && overlap(other, call),
    );
    costs.claim({
      rule: 'W14',
      spanId: call.step.spanId,
      state: isHedge ? 'suspected' : 'proven',
      reason: isHedge ? 'leads_nowhere:parallel' : 'leads_nowhere',
      because: issued,
      takes: [call, ...issued],
    });
  }
}

/** What a tool returned is known: its result, its documents, or that it failed. */
function isRead(tool: RunStep, graph: RunGraph): boolean {
  const { result, documents } = graph.readingOf(tool);
  return result !== undefined || documents !== undefined || hasFailed(tool.step);
}

const overlap = ({ step: a }: RunStep, { step: b }: RunStep): boolean =>
  a.startedAtNs < b.endedAtNs && b.startedAtNs < a.endedAtNs;
