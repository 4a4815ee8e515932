import { linkQuestions, resolveRulesOf, resolveTrace, Rules, type ResolvedTrace } from '#attribution';
import type { Ref, Step, TraceId } from '#model';
import {
  readAttemptsOf,
  readFactsForLinks,
  readNewestSteps,
  readPosted,
  readTenantRules,
  type Client,
  type CostedAttemptPart,
  type PostedBalance,
} from '#store';
import { parseStep } from '#trails';

/** Everything recorded about the attempts at one work item. */
export interface WorkItemEvidence {
  readonly parts: readonly CostedAttemptPart[];
  readonly traceIds: readonly TraceId[];
  readonly steps: readonly Step[];
  readonly balances: readonly PostedBalance[];
}

export async function readWorkItemEvidence(
  client: Client,
  tenantId: bigint,
  ref: Ref,
): Promise<WorkItemEvidence> {
  const parts = await readAttemptsOf(client, tenantId, [ref]);
  const traceIds = [...new Set(parts.map(({ traceId }) => traceId))];
  const rows = await readNewestSteps(client, tenantId, traceIds);
  return {
    parts,
    traceIds,
    steps: rows.map(({ record }) => parseStep(record)),
    balances: await readPosted(client, tenantId, traceIds),
  };
}

/** Resolves the traces by the rules and facts known now: the same function that placed their cost. */
export async function resolveTraces(
  client: Client,
  tenantId: bigint,
  steps: readonly Step[],
): Promise<ResolvedTrace[]> {
  const { definitions, policies, keyMappings } = await readTenantRules(client, tenantId);
  const rules = new Rules(definitions, policies, keyMappings);
  const facts = await readFactsForLinks(client, tenantId, linkQuestions(tenantId, steps, rules));
  const byTrace = new Map<TraceId, Step[]>();
  for (const step of steps) {
    const list = byTrace.get(step.traceId);
    if (list === undefined) byTrace.set(step.traceId, [step]);
    else list.push(step);
  }
  return [...byTrace].map(([traceId, ofTrace]) =>
    resolveTrace(traceId, ofTrace, resolveRulesOf(tenantId, traceId, rules, facts)),
  );
}
