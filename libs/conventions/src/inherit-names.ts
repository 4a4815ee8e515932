import type { StepDraft } from './step-draft.ts';
import type { TraceTree } from './trace-tree.ts';

export interface Names {
  readonly agentName: string | null;
  readonly conversationId: string | null;
  readonly workflowName: string | null;
}

/**
 * Most instrumentations name the agent and the conversation once, on the span around (conventions.md G7, case F09).
 *
 * @returns for each span its own names, else those of the nearest span around it; for plain spans only their own
 */
export function inheritNames({ drafts, parent, order }: TraceTree): Names[] {
  const around: Names[] = drafts.map(() => NAMELESS);
  for (const index of order) {
    const draft = drafts[index]!;
    const outer = parent[index]! < 0 ? NAMELESS : around[parent[index]!]!;
    if (draft.agentName === null && draft.conversationId === null && draft.workflowName === null) {
      around[index] = outer;
      continue;
    }
    around[index] = {
      agentName: draft.agentName ?? outer.agentName,
      conversationId: draft.conversationId ?? outer.conversationId,
      workflowName: draft.workflowName ?? outer.workflowName,
    };
  }
  return drafts.map((draft, index) => (draft.dialect === 'none' ? namesOf(draft) : around[index]!));
}

export function namesOf({ agentName, conversationId, workflowName }: StepDraft): Names {
  if (agentName === null && conversationId === null && workflowName === null) return NAMELESS;
  return { agentName, conversationId, workflowName };
}

const NAMELESS: Names = { agentName: null, conversationId: null, workflowName: null };
