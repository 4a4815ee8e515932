import type { Step, StepCommitments } from './step.ts';

/** What the rules of a tenant find in the span of a step. */
type Found = 'workItemKeys' | 'attemptNumber' | 'overheadPool' | 'dimensions';

/**
 * A step of all its members: those that were read, what was found, and what it commits to; other members that the
 * arguments carry are left behind, and members that may be absent are absent where they are undefined.
 *
 * Written out whole: V8 gives a copy that a spread begins and new members end (`{ ...step, commitments }`) a hidden class
 * of its own. Of a step that took 15 us and 1.5 KB instead of 0.1 us and 0.4 KB, and each later look at any of its
 * members was slow (Node 20; bench/README.md, "Profile of the worker").
 */
export const completeStep = (
  step: Omit<Step, Found | 'commitments'>,
  found: Pick<Step, Found>,
  commitments: StepCommitments | undefined,
): Step => ({
  traceId: step.traceId,
  spanId: step.spanId,
  parentSpanId: step.parentSpanId,
  name: step.name,
  startedAtNs: step.startedAtNs,
  endedAtNs: step.endedAtNs,
  kind: step.kind,
  role: step.role,
  roleReason: step.roleReason,
  mirrorOf: step.mirrorOf,
  dialect: step.dialect,
  provider: step.provider,
  modelRequest: step.modelRequest,
  modelResponse: step.modelResponse,
  usage: step.usage,
  usageState: step.usageState,
  usageSemantics: step.usageSemantics,
  usageFrom: step.usageFrom,
  extraUsage: step.extraUsage,
  untraced: step.untraced,
  costReported: step.costReported,
  serviceTier: step.serviceTier,
  tool: step.tool,
  documentCount: step.documentCount,
  conversationId: step.conversationId,
  responseId: step.responseId,
  requestId: step.requestId,
  agentName: step.agentName,
  workflowName: step.workflowName,
  serviceName: step.serviceName,
  errorType: step.errorType,
  finishReasons: step.finishReasons,
  scopeName: step.scopeName,
  scopeVersion: step.scopeVersion,
  flags: step.flags,
  workItemKeys: found.workItemKeys,
  attemptNumber: found.attemptNumber,
  overheadPool: found.overheadPool,
  dimensions: found.dimensions,
  ...(commitments === undefined ? {} : { commitments }),
  ...(step.increaseSince === undefined ? {} : { increaseSince: step.increaseSince }),
  ...(step.evaluation === undefined ? {} : { evaluation: step.evaluation }),
  ...(step.decisions === undefined ? {} : { decisions: step.decisions }),
});
