import {
  followItems,
  followTrace,
  linkQuestions,
  resolveRulesOf,
  resolveTrace,
  Rules,
  type Follow,
  type ResolvedTrace,
} from '#attribution';
import type { Ref, Step, TraceId } from '#model';
import {
  readAttemptsOf,
  readFactsForLinks,
  readItemFlows,
  readNewestSteps,
  readPosted,
  readPostedAt,
  readRelatedItems,
  readStepsAt,
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

/** @param size leaves of the log the books are read at; null = as they stand */
export async function readWorkItemEvidence(
  client: Client,
  tenantId: bigint,
  ref: Ref,
  size: number | null = null,
): Promise<WorkItemEvidence> {
  const parts = await readAttemptsOf(client, tenantId, [ref], size);
  const traceIds = [...new Set(parts.map(({ traceId }) => traceId))];
  const rows =
    size === null
      ? await readNewestSteps(client, tenantId, traceIds)
      : await readStepsAt(client, tenantId, traceIds, size);
  return {
    parts,
    traceIds,
    steps: rows.map(({ record }) => parseStep(record)),
    balances:
      size === null
        ? await readPosted(client, tenantId, traceIds)
        : await readPostedAt(client, tenantId, traceIds, size),
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
  const resolved = [...byTrace].map(([traceId, ofTrace]) => ({
    traceId,
    trace: resolveTrace(traceId, ofTrace, resolveRulesOf(tenantId, traceId, rules, facts)),
  }));
  const refs = [...new Set(resolved.flatMap(({ trace }) => [...trace.parts.keys()]))];
  const follow = await readFollow(client, tenantId, refs);
  return resolved.map(({ traceId, trace }) => followTrace(traceId, trace, follow));
}

/** Where the cost of these items goes, as it was posted last. */
async function readFollow(client: Client, tenantId: bigint, refs: readonly Ref[]): Promise<Follow> {
  const related = await readRelatedItems(client, tenantId, refs, ['merged_into', 'split_into']);
  const flows = await readItemFlows(client, tenantId, [...related]);
  return followItems(
    new Map(flows.map(({ ref, mergedInto, splitFrom }) => [ref, { mergedInto, splitFrom }])),
  );
}
