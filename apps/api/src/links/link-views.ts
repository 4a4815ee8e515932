import { parseRef } from '#model';
import type { StoredLink, StoredLinkDecision } from '#store';
import type { z } from 'zod';
import { formatWireTime, Json } from '../wire.ts';
import { LinkView, type DecisionView } from './link-bodies.ts';

export function toLinkView(link: StoredLink): z.infer<typeof LinkView> {
  const { kind, key } = parseRef(link.workItemRef);
  return {
    linkId: link.linkId,
    traceId: link.traceId,
    spanId: link.spanId,
    workItem: { kind, key },
    scope: link.scope,
    tier: link.tier,
    confidence: link.confidence,
    rule: link.rule,
    state: LinkView.shape.state.parse(link.state),
    evidence: Json.parse(link.evidence),
    supersedes: link.supersedes,
    supersededBy: link.supersededBy,
    recordedAt: formatWireTime(link.recordedAtUs),
  };
}

export function toDecisionView(decision: StoredLinkDecision): z.infer<typeof DecisionView> {
  const { workItemRef, recordedAtUs, ...rest } = decision;
  const { kind, key } = parseRef(workItemRef);
  return {
    ...rest,
    spanIds: rest.spanIds === null ? null : [...rest.spanIds],
    workItem: { kind, key },
    recordedAt: formatWireTime(recordedAtUs),
  };
}
