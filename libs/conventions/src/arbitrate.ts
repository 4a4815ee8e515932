import type { Usage } from '#model';
import type { ContainerFindings } from './containers.ts';
import { resolveContainers } from './containers.ts';
import type { Decision } from './decide-leaves.ts';
import { decideLeaves } from './decide-leaves.ts';
import { settleByEmitter } from './emitter-proof.ts';
import type { Names } from './inherit-names.ts';
import { attachEvaluations } from './attach-evaluations.ts';
import { inheritNames, namesOf } from './inherit-names.ts';
import { judgeLoggedCalls } from './logged-calls.ts';
import type { Verdict } from './nested-calls.ts';
import { resolveNestedCalls } from './nested-calls.ts';
import { describeReason, isRoleReason } from './role-reason.ts';
import { billRunningTotals } from './running-totals.ts';
import type {
  ArbitratedStep,
  ArbitratedTrace,
  LeafCandidate,
  RunningTotal,
  StepDraft,
} from './step-draft.ts';
import { findToolMirrors } from './tool-mirrors.ts';
import { buildTree } from './trace-tree.ts';

/**
 * Decides for every step of one trace whether it is billed: one billable leaf per provider call, within the trace and
 * across traces (conventions.md 5 B).
 *
 * @param drafts what `readStep` made of all spans of the trace; order and exact repetitions change nothing
 * @param others the candidates that other traces published under a joining key of this one, and those that share a
 *   key with them in turn (the caller repeats the look-up until no new key comes); this trace's own are ignored
 * @param totals running totals of other traces under the agents of this one's, those next to them in time at least
 * @returns the steps with their roles, what to publish for other traces, and what containers could not account for.
 *   Decided by content alone: any order of spans and traces gives the same roles.
 */
export function arbitrate(
  drafts: readonly StepDraft[],
  others: readonly LeafCandidate[],
  totals: readonly RunningTotal[] = [],
): ArbitratedTrace {
  const { first, resent } = separateResent(drafts);
  const tree = buildTree(attachEvaluations(settleByEmitter(first)));
  const calls = judgeLoggedCalls(tree, resolveNestedCalls(tree));
  const containers = resolveContainers(tree, calls);
  const verdicts = tree.drafts.map((draft, index) => verdictOn(draft, index, calls, containers));
  for (const [index, of] of findToolMirrors(tree))
    verdicts[index] = { role: 'mirror', reason: 'same_tool_call', of };
  const { decisions, candidates } = decideLeaves(tree, verdicts, others);
  const names = inheritNames(tree);
  const runningTotals = billRunningTotals(tree, names, decisions, totals);
  const steps = tree.drafts.map((draft, index) =>
    toStep(draft, decisions[index]!, {
      untraced: containers.untraced.get(index) ?? null,
      isSampledTotal: containers.sampled.has(index),
      names: names[index]!,
    }),
  );
  steps.push(...resent.map(resentStep));
  steps.sort(compareByStart);
  return { steps, candidates, runningTotals, untraced: containers.untracedTotal };
}

/** A span sent again with another start is a second row of the same span: the fuller, then the earlier one counts. */
function separateResent(drafts: readonly StepDraft[]): { first: StepDraft[]; resent: StepDraft[] } {
  const sorted = drafts.toSorted(compareByStart);
  const bySpan = new Map<string, StepDraft>();
  const resent: StepDraft[] = [];
  let previous: StepDraft | null = null;
  for (const draft of sorted) {
    const isRepeated = previous?.spanId === draft.spanId && previous.startedAtNs === draft.startedAtNs;
    previous = draft;
    if (isRepeated) continue;
    const known = bySpan.get(draft.spanId);
    if (known === undefined) bySpan.set(draft.spanId, draft);
    else if (known.usage === null && draft.usage !== null) {
      bySpan.set(draft.spanId, draft);
      resent.push(known);
    } else resent.push(draft);
  }
  return { first: [...bySpan.values()].sort(compareByStart), resent };
}

function compareByStart(
  left: Pick<StepDraft, 'startedAtNs' | 'endedAtNs' | 'spanId'>,
  right: Pick<StepDraft, 'startedAtNs' | 'endedAtNs' | 'spanId'>,
): number {
  if (left.startedAtNs !== right.startedAtNs) return left.startedAtNs < right.startedAtNs ? -1 : 1;
  if (left.spanId !== right.spanId) return left.spanId < right.spanId ? -1 : 1;
  if (left.endedAtNs === right.endedAtNs) return 0;
  return left.endedAtNs < right.endedAtNs ? -1 : 1;
}

function verdictOn(
  draft: StepDraft,
  index: number,
  calls: readonly (Verdict | undefined)[],
  containers: ContainerFindings,
): Verdict {
  const verdict = containers.verdicts.get(index) ?? calls[index];
  if (verdict) return verdict;
  if (draft.dialect === 'none') return PLAIN;
  return { role: 'none', reason: isRoleReason(draft.stanceReason) ? draft.stanceReason : 'not_billable' };
}

interface Findings {
  readonly untraced: Usage | null;
  readonly isSampledTotal: boolean;
  readonly names: Names;
}

const PLAIN: Verdict = { role: 'none', reason: 'not_generative_ai' };

/** Written out whole, because spreading and deleting makes slow objects of every span. */
function toStep(draft: StepDraft, decision: Decision, findings: Findings): ArbitratedStep {
  const billed = decision.testimony ?? draft;
  const { provider, modelRequest, modelResponse } = decision.testimony?.named ?? draft;
  return {
    traceId: draft.traceId,
    spanId: draft.spanId,
    parentSpanId: draft.parentSpanId,
    name: draft.name,
    startedAtNs: draft.startedAtNs,
    endedAtNs: draft.endedAtNs,
    serviceName: draft.serviceName,
    scopeName: draft.scopeName,
    scopeVersion: draft.scopeVersion,
    kind: draft.kind,
    role: decision.role,
    roleReason: describeReason(decision.reason),
    mirrorOf: decision.mirrorOf,
    dialect: draft.dialect,
    provider,
    modelRequest,
    modelResponse,
    usage: billed.usage,
    usageState: findings.isSampledTotal ? 'partial' : billed.usageState,
    usageSemantics: billed.usageSemantics,
    usageFrom: decision.testimony?.usageFrom ?? null,
    ...(decision.increaseSince === undefined ? {} : { increaseSince: decision.increaseSince }),
    extraUsage: billed.extraUsage,
    untraced: findings.untraced,
    costReported: billed.costReported,
    serviceTier: billed.serviceTier,
    tool: draft.tool,
    documentCount: draft.documentCount,
    conversationId: findings.names.conversationId,
    responseId: draft.responseId,
    requestId: draft.requestId,
    agentName: findings.names.agentName,
    workflowName: findings.names.workflowName,
    errorType: draft.errorType,
    finishReasons: draft.finishReasons,
    flags: flagsOf(draft, decision),
    ...(draft.evaluation === null ? {} : { evaluation: draft.evaluation }),
  };
}

/** Doubts about counts that another witness has replaced are settled. */
const DOUBTS: ReadonlySet<string> = new Set([
  'ambiguous_input',
  'cache_invisible',
  'cache_write_unknown',
  'stream_start_counted',
]);

function flagsOf(
  { flags }: StepDraft,
  { testimony, isDisputed, isUnplaced = false }: Decision,
): readonly string[] {
  const isReplaced = testimony !== null && testimony.usageFrom !== null;
  const own =
    isReplaced && flags.some((flag) => DOUBTS.has(flag)) ? flags.filter((flag) => !DOUBTS.has(flag)) : flags;
  if (!isDisputed && !isUnplaced) return own;
  const found = [
    ...(isDisputed ? ['witnesses_disagree'] : []),
    ...(isUnplaced ? ['running_total_unplaced'] : []),
  ];
  return [...own, ...found].sort();
}

/** The same span with another start: the row that counts is named, the rest is as read. */
function resentStep(draft: StepDraft): ArbitratedStep {
  const { traceId, spanId } = draft;
  const decision: Decision = {
    role: 'mirror',
    reason: 'start_changed',
    mirrorOf: { traceId, spanId },
    testimony: null,
    isDisputed: false,
  };
  return toStep(draft, decision, { untraced: null, isSampledTotal: false, names: namesOf(draft) });
}
