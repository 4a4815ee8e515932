import { parseRef, toRef, type Ref, type Step } from '#model';
import type { LinkEvidence } from './link-evidence.ts';
import type { ResolveRules } from './resolved-trace.ts';

/** The work items a conversation is bound to; of several the one that is open, when exactly one is. */
export function boundItems(conversation: string | null, atUs: bigint, rules: ResolveRules): readonly Ref[] {
  if (conversation === null) return [];
  const tied = rules.aliases.get(toRef('conversation', rules.tenantId, conversation)) ?? [];
  const bound = tied.filter((ref) => rules.isWorkItemKind(parseRef(ref).kind, atUs));
  if (bound.length < 2) return bound;
  const open = bound.filter((ref) => rules.isOpenAt(ref, atUs));
  return open.length === 1 ? open : bound;
}

/** @param among how many items the conversation may mean: each is as likely as the others */
export function conversationEvidence(step: Step, among: number, rules: ResolveRules): LinkEvidence {
  const { confidenceBps } = rules.linkPolicyAt(step.startedAtNs / 1000n);
  return {
    tier: 'E3',
    source: 'conversation',
    rule: 'conversation-named-by-outcome@1',
    confidenceBps: Math.floor(confidenceBps.E3 / among),
  };
}
