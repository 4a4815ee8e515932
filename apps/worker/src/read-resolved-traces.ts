import {
  followTrace,
  linkQuestions,
  resolveRulesOf,
  resolveTrace,
  type ResolvedTrace,
  type Rules,
} from '#attribution';
import type { TraceId } from '#model';
import { readFactsForLinks, type Client } from '#store';
import { readFollow } from './read-follow.ts';
import { readStandingSteps } from './read-standing-steps.ts';
import type { WrittenRevision } from './write-revisions.ts';

export interface ReadResolvedTrace {
  readonly traceId: TraceId;
  readonly startedAtUs: bigint;
  readonly trace: ResolvedTrace;
}

/**
 * The newest steps of traces and the work items they belong to, by the rules and aliases committed by now.
 * A trace without steps has no entry.
 *
 * @param written revisions that the caller made: where they stand still their steps need not be read
 */
export async function readResolvedTraces(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  rules: Rules,
  written: ReadonlyMap<TraceId, WrittenRevision> = new Map(),
): Promise<Map<TraceId, ReadResolvedTrace>> {
  const steps = await readStandingSteps(client, tenantId, traceIds, written);
  const questions = linkQuestions(tenantId, [...steps.values()].flat(), rules);
  const facts = await readFactsForLinks(client, tenantId, questions);
  const resolved = [...steps].map(([traceId, ofTrace]) => ({
    traceId,
    ofTrace,
    trace: resolveTrace(traceId, ofTrace, resolveRulesOf(tenantId, traceId, rules, facts)),
  }));
  const refs = [...new Set(resolved.flatMap(({ trace }) => [...trace.parts.keys()]))];
  const follow = await readFollow(client, tenantId, refs, rules);
  return new Map(
    resolved.map(({ traceId, ofTrace, trace }) => [
      traceId,
      {
        traceId,
        startedAtUs:
          ofTrace.reduce(
            (first, s) => (s.startedAtNs < first ? s.startedAtNs : first),
            ofTrace[0]!.startedAtNs,
          ) / 1000n,
        trace: followTrace(traceId, trace, follow),
      },
    ]),
  );
}
