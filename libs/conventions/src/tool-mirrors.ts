import type { StepDraft } from './step-draft.ts';
import type { TraceTree } from './trace-tree.ts';

/**
 * One tool call written down at several layers: the framework's span, the protocol's client and server spans inside
 * it, a second instrumentation (conventions.md B8). The outermost is the call.
 *
 * @returns mirror -> the tool call it mirrors, by index
 */
export function findToolMirrors({ drafts, parent, order }: TraceTree): Map<number, number> {
  const mirrors = new Map<number, number>();
  const toolAround = drafts.map(() => -1);
  const byCallId = new Map<string, number>();
  for (const index of order) {
    const draft = drafts[index]!;
    const up = parent[index]!;
    const around = up < 0 ? -1 : toolAround[up]!;
    toolAround[index] = around;
    if (draft.kind !== 'tool_call') {
      if (draft.stance === 'call' || draft.kind === 'agent') toolAround[index] = -1;
      continue;
    }
    const callId = draft.tool?.callId ?? null;
    const twin = callId === null ? undefined : byCallId.get(callId);
    if (around >= 0 && isSameTool(drafts[around]!, draft)) mirrors.set(index, around);
    else if (twin !== undefined && overlap(drafts[twin]!, draft)) mirrors.set(index, twin);
    else {
      toolAround[index] = index;
      if (callId !== null) byCallId.set(callId, index);
    }
  }
  return mirrors;
}

function isSameTool(outer: StepDraft, inner: StepDraft): boolean {
  const [outerId, innerId] = [outer.tool?.callId ?? null, inner.tool?.callId ?? null];
  if (outerId !== null && innerId !== null) return outerId === innerId;
  if (inner.isProtocolTool) return true;
  return outer.tool?.name === inner.tool?.name && outer.scopeName !== inner.scopeName;
}

function overlap(left: StepDraft, right: StepDraft): boolean {
  return left.startedAtNs <= right.endedAtNs && right.startedAtNs <= left.endedAtNs;
}
