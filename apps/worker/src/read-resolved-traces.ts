import {
  followTrace,
  linkQuestions,
  resolveRulesOf,
  resolveTrace,
  type ResolvedTrace,
  type Rules,
} from '#attribution';
import type { Step, TraceId } from '#model';
import { readFactsForLinks, readNewestSteps, type Client } from '#store';
import { parseStep } from '#trails';
import { readFollow } from './read-follow.ts';

export interface ReadResolvedTrace {
  readonly traceId: TraceId;
  readonly startedAtUs: bigint;
  readonly trace: ResolvedTrace;
}

/**
 * The newest steps of traces and the work items they belong to, by the rules and aliases committed by now.
 * A trace without steps has no entry.
 */
export async function readResolvedTraces(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  rules: Rules,
): Promise<Map<TraceId, ReadResolvedTrace>> {
  const steps = new Map<TraceId, Step[]>();
  for (const row of await readNewestSteps(client, tenantId, traceIds)) {
    const step = parseStep(row.record);
    const list = steps.get(row.traceId);
    if (list === undefined) steps.set(row.traceId, [step]);
    else list.push(step);
  }
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
