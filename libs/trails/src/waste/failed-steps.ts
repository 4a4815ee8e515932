import { hasFailed } from '../fold/retries.ts';
import type { RunCosts } from './run-costs.ts';
import type { RunStep } from './run-facts.ts';
import { actorOf, inputTokensOf, modelOf, type RunGraph } from './run-graph.ts';

/**
 * W5 tool_error: a tool that failed, and the call that asked for nothing else. The first error of a tool may tell the
 * agent something: it is waste only where the same was tried again.
 */
export function findToolErrors(graph: RunGraph, costs: RunCosts): void {
  const failedBefore = new Map<string, RunStep>();
  for (const [index, tool] of graph.tools.entries()) {
    if (!hasFailed(tool.step)) continue;
    const name = tool.step.tool?.name ?? tool.step.kind;
    const before = failedBefore.get(name);
    failedBefore.set(name, tool);
    if (costs.isFlagged(tool)) continue;
    const next = after(graph.tools, index, (other) => (other.step.tool?.name ?? other.step.kind) === name);
    const asked =
      before !== undefined ? 'again' : next === undefined ? 'changed' : compareArguments(tool, next, graph);
    const issuer = graph.onlyIssuerOf(tool);
    costs.claim({
      rule: 'W5',
      spanId: tool.step.spanId,
      state: asked === 'again' || asked === 'same' ? 'proven' : 'suspected',
      reason: asked === 'again' ? 'error_again' : `error:plan_${asked}`,
      because: before !== undefined ? [before] : next === undefined ? [] : [next],
      takes: issuer === null ? [tool] : [tool, issuer],
    });
  }
}

function after(
  steps: readonly RunStep[],
  index: number,
  fits: (step: RunStep) => boolean,
): RunStep | undefined {
  for (let at = index + 1; at < steps.length; at += 1) if (fits(steps[at]!)) return steps[at];
  return undefined;
}

function compareArguments(a: RunStep, b: RunStep, graph: RunGraph): 'same' | 'changed' | 'unknown' {
  const [before, after] = [graph.readingOf(a).arguments?.same, graph.readingOf(b).arguments?.same];
  if (before === undefined || after === undefined) return 'unknown';
  return before === after ? 'same' : 'changed';
}

/** What a provider or the way to it answers with, rather than the model. Also as codes of HTTP. */
const TRANSPORT =
  /(?:^|\D)(?:408|429|5\d\d)(?:\D|$)|time.?d?.?out|rate.?limit|unavailable|overloaded|connection|econnreset/i;

/** W6 transport_retry: a call that the transport lost and that was made again. Where its usage is unknown it is counted only. */
export function findTransportRetries(graph: RunGraph, costs: RunCosts): void {
  for (const [index, call] of graph.calls.entries()) {
    if (!TRANSPORT.test(call.step.errorType ?? '') || costs.isFlagged(call)) continue;
    const next = after(graph.calls, index, (other) => actorOf(other) === actorOf(call));
    if (next === undefined || modelOf(next) !== modelOf(call)) continue;
    const [asked, again] = [inputTokensOf(call), inputTokensOf(next)];
    if (asked !== null && again !== null && asked !== again) continue;
    costs.claim({
      rule: 'W6',
      spanId: call.step.spanId,
      state: 'proven',
      reason: 'transport',
      because: [next],
      takes: [call],
    });
  }
}

const CUT_OFF: ReadonlySet<string> = new Set(['length', 'max_tokens', 'MAX_TOKENS', 'max_output_tokens']);

/** W12 truncated: an answer that was cut off and asked for again from the beginning. Going on from it is no waste. */
export function findTruncated(graph: RunGraph, costs: RunCosts): void {
  for (const [index, call] of graph.calls.entries()) {
    if (!call.step.finishReasons.some((reason) => CUT_OFF.has(reason)) || costs.isFlagged(call)) continue;
    const next = after(graph.calls, index, (other) => actorOf(other) === actorOf(call));
    if (next === undefined) continue;
    const how = goesOn(call, next, graph);
    if (how === true) continue;
    costs.claim({
      rule: 'W12',
      spanId: call.step.spanId,
      state: how === false ? 'proven' : 'suspected',
      reason: how === false ? 'cut_off_and_redone' : 'cut_off:next_unknown',
      because: [next],
      takes: [call],
    });
  }
}

/** Whether the next call holds what was cut off: by its content, else by its length. null = nobody can tell. */
function goesOn(call: RunStep, next: RunStep, graph: RunGraph): boolean | null {
  const written = graph.readingOf(call).output?.same;
  const { prompt } = graph.readingOf(next);
  if (written !== undefined && prompt !== undefined && graph.isWhole(next))
    return prompt.some(({ kind, same }) => kind === 'assistant' && same === written);
  const [before, after] = [inputTokensOf(call), inputTokensOf(next)];
  if (before === null || after === null || call.outputTokens === 0n) return null;
  if (after === before) return false;
  return after >= before + (call.outputTokens * 9n) / 10n ? true : null;
}
