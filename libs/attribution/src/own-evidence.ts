import { parseRef, toRef, type Ref, type Step, type TraceId } from '#model';
import { sourceOfTier, type LinkEvidence } from './link-evidence.ts';
import type { ResolveRules } from './resolved-trace.ts';

/** Key mappings of this kind find the ids of runs, which outcome events may name. */
export const RUN_KIND = 'run';

type OwnRules = Pick<ResolveRules, 'tenantId' | 'isWorkItemKind' | 'linkPolicyAt' | 'aliases'>;

/**
 * What a step itself says about work items: its keys, and the outcome events that name its run or, for a root, its
 * trace.
 *
 * @param rootOf the trace a root is of; null for any other step
 */
export function ownEvidence(step: Step, rootOf: TraceId | null, rules: OwnRules): Map<Ref, LinkEvidence[]> {
  const byRef = new Map<Ref, LinkEvidence[]>();
  if (step.workItemKeys.length === 0 && rootOf === null) return byRef;
  const atUs = step.startedAtNs / 1000n;
  const { confidenceBps } = rules.linkPolicyAt(atUs);
  const add = (ref: Ref, evidence: LinkEvidence): void => {
    const list = byRef.get(ref);
    if (list === undefined) byRef.set(ref, [evidence]);
    else list.push(evidence);
  };
  const addNamed = (alias: Ref, rule: string): void => {
    for (const ref of rules.aliases.get(alias) ?? [])
      if (rules.isWorkItemKind(parseRef(ref).kind, atUs))
        add(ref, { tier: 'E1', source: 'outcome_event', rule, confidenceBps: confidenceBps.E1 });
  };
  for (const { kind, key, tier, mapping } of step.workItemKeys) {
    const ref = toRef(kind, rules.tenantId, key);
    if (kind === RUN_KIND) addNamed(ref, 'outcome-names-run@1');
    else if (rules.isWorkItemKind(kind, atUs))
      add(ref, { tier, source: sourceOfTier(tier), rule: mapping, confidenceBps: confidenceBps[tier] });
  }
  if (rootOf !== null) addNamed(toRef('trace', rules.tenantId, rootOf), 'outcome-names-trace@1');
  return byRef;
}
