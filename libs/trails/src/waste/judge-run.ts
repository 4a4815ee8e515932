import { carriedIn, findStaleCarry, findUnusedDocuments } from './carried-input.ts';
import { essentialSlice } from './essential-slice.ts';
import { findToolErrors, findTransportRetries, findTruncated } from './failed-steps.ts';
import { findIdleCalls } from './idle-calls.ts';
import { findAbandoned, findAfterOutcome, findSuperseded } from './lost-work.ts';
import { findCacheMisses } from './missed-cache.ts';
import {
  firstsOf,
  findIdenticalCalls,
  findIdenticalTools,
  findLoopedTools,
  repeatsIn,
} from './repeated-steps.ts';
import { RunCosts } from './run-costs.ts';
import type { Finding, OfferedTool, OutputSize, RunFacts, RunStep, RunVerdict } from './run-facts.ts';
import { actorOf, inputTokensOf, modelOf, RunGraph } from './run-graph.ts';
import { contextGrowth } from './token-costs.ts';
import { hasFailed } from '../fold/retries.ts';

/**
 * Tells the cost of a run apart: what bought the outcome (the backward slice), what rules prove to be waste (each pico by
 * the first rule that proves it), and what nobody can tell. Without content the rules of structure are left, and what
 * they do not prove stays unproven: it is never called essential or free.
 *
 * Pure; the steps may come in any order. Read-only analysis: nothing of it is ever posted (methods.md 4, architecture 2).
 */
export function judgeRun(facts: RunFacts): RunVerdict {
  const graph = new RunGraph(facts);
  const repeats = repeatsIn(facts, graph);
  const firstOf = firstsOf(repeats);
  const slice = essentialSlice(facts, graph, firstOf, 2);
  const reaching = essentialSlice(facts, graph, firstOf, 1);
  const kept = new Set([...slice].map(({ step }) => step.spanId));
  const costs = new RunCosts(facts, graph, kept);

  // In the order of their precedence. W10 and W13 are told over many runs, by what is left here.
  findAfterOutcome(facts, graph, costs);
  findIdenticalCalls(facts, graph, costs, slice);
  findIdenticalTools(facts, graph, costs, repeats);
  findLoopedTools(facts, graph, costs);
  findToolErrors(graph, costs);
  findTransportRetries(graph, costs);
  findSuperseded(facts, graph, costs);
  const carried = carriedIn(graph);
  findUnusedDocuments(facts, graph, costs, carried);
  findStaleCarry(graph, costs, carried);
  findCacheMisses(facts, graph, costs);
  findTruncated(graph, costs);
  findAbandoned(facts, graph, costs, reaching);
  findIdleCalls(facts, graph, costs);
  return verdictOf(facts, graph, costs, slice);
}

function verdictOf(
  facts: RunFacts,
  graph: RunGraph,
  costs: RunCosts,
  slice: ReadonlySet<RunStep>,
): RunVerdict {
  const totalPico = sum(facts.steps.map(({ amountPico }) => amountPico ?? 0n));
  const essentialPico = sum([...slice].map((each) => costs.left(each)));
  const wastePico = sum(costs.findings.map((finding) => finding.wastePico));
  const growth = contextGrowth(chainsOf(graph));
  return {
    totalPico,
    essentialPico,
    wastePico,
    unprovenPico: totalPico - essentialPico - wastePico,
    findings: costs.findings,
    essential: [...slice].map(({ step }) => step.spanId).sort(),
    withContentPico: sum(
      graph.calls.filter((call) => graph.isWhole(call)).map(({ amountPico }) => amountPico ?? 0n),
    ),
    afterWarningPico: afterWarning(facts, costs.findings),
    billedInputTokens: growth.billedTokens,
    uniqueInputTokens: growth.uniqueTokens,
    cacheReadTokens: sum(graph.calls.map(({ step }) => step.usage?.tokens.cache_read ?? 0n)),
    offered: offeredIn(graph, costs, slice),
    outputs: outputsOf(graph),
  };
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** Input tokens of each agent's calls of a model, in time; calls of unknown usage are left out. */
function chainsOf(graph: RunGraph): bigint[][] {
  const chains = new Map<string, bigint[]>();
  for (const call of graph.calls) {
    const tokens = inputTokensOf(call);
    if (tokens === null) continue;
    const key = `${actorOf(call)} ${modelOf(call)}`;
    const chain = chains.get(key);
    if (chain === undefined) chains.set(key, [tokens]);
    else chain.push(tokens);
  }
  return [...chains.values()];
}

/** W15 post_warning: what was spent after the first error or the second turn of a loop. */
function afterWarning({ steps }: RunFacts, findings: readonly Finding[]): bigint | null {
  const looped = new Set(findings.filter(({ rule }) => rule === 'W4').map(({ spanId }) => spanId));
  let warnedAtNs: bigint | null = null;
  for (const { step } of steps)
    if ((hasFailed(step) || looped.has(step.spanId)) && (warnedAtNs === null || step.endedAtNs < warnedAtNs))
      warnedAtNs = step.endedAtNs;
  if (warnedAtNs === null) return null;
  const after = steps.filter(({ step }) => step.startedAtNs >= warnedAtNs);
  return sum(after.map(({ amountPico }) => amountPico ?? 0n));
}

/** For W10: the tools that calls were told of, what telling cost, and how often each was called. */
function offeredIn(graph: RunGraph, costs: RunCosts, slice: ReadonlySet<RunStep>): OfferedTool[] {
  const offered = new Map<string, { calls: number; essentialPico: bigint; unprovenPico: bigint }>();
  for (const call of graph.calls) {
    if (!graph.isWhole(call)) continue;
    for (const [index, { tool }] of (graph.readingOf(call).prompt ?? []).entries()) {
      if (tool === undefined) continue;
      const sums = offered.get(tool) ?? { calls: 0, essentialPico: 0n, unprovenPico: 0n };
      const left = costs.chargeOfPart(call, index) === null ? 0n : costs.left(call, index);
      if (slice.has(call)) sums.essentialPico += left;
      else sums.unprovenPico += left;
      offered.set(tool, sums);
    }
  }
  for (const { step } of graph.tools) {
    const sums = offered.get(step.tool?.name ?? '');
    if (sums !== undefined) sums.calls += 1;
  }
  return [...offered].map(([tool, sums]) => ({ tool, ...sums })).sort((a, b) => (a.tool < b.tool ? -1 : 1));
}

/** For W13: output that nothing later is known to use. */
function outputsOf(graph: RunGraph): OutputSize[] {
  const used = new Set(
    graph.calls.flatMap((call) =>
      (graph.readingOf(call).prompt ?? [])
        .filter(({ kind, use }) => kind === 'assistant' && use > 0)
        .map(({ same }) => same),
    ),
  );
  return graph.calls
    .filter((call) => call.outputTokens > 0n && call.amountPico !== null)
    .filter((call) => !used.has(graph.readingOf(call).output?.same ?? -1))
    .map((call) => ({
      step: `${call.step.agentName ?? ''}|${modelOf(call)}`,
      tokens: call.outputTokens,
      costPico: call.outputPico,
    }));
}
