import { attemptIdOf } from '#attribution';
import { RejectedInput, type SpanId, type TraceId } from '#model';
import { readAttempt, readIdSeed, readSpansNamed, type Client } from '#store';
import { parseSteps } from '../work-items/parse-steps.ts';
import { resolveTraces } from '../work-items/read-work-item-evidence.ts';
import type { NewLinkBody } from './link-bodies.ts';

/** The steps a decision is about: whole traces, or some steps of them with everything under each. */
export type DecidedTrace = { readonly traceId: TraceId; readonly spanIds: readonly SpanId[] | null };

const MAX_TRACES = 200;
const MAX_SPANS = 5000;

/**
 * What a request means, as the traces stand now.
 *
 * @throws RejectedInput `not_found` for a trace, step or attempt that is not there; `unprocessable` for an attempt that
 *   cannot be told by its steps
 */
export async function stepsDecided(
  client: Client,
  tenantId: bigint,
  { traceId, spanIds, attemptId }: NewLinkBody,
): Promise<DecidedTrace[]> {
  if (traceId !== undefined) return [await stepsOfTrace(client, tenantId, traceId, spanIds ?? null)];
  return stepsOfAttempt(client, tenantId, attemptId!);
}

async function stepsOfTrace(
  client: Client,
  tenantId: bigint,
  traceId: TraceId,
  spanIds: readonly SpanId[] | null,
): Promise<DecidedTrace> {
  const known = new Set(await readSpansNamed(client, tenantId, traceId, spanIds));
  if (known.size === 0 && spanIds === null)
    throw new RejectedInput('not_found', `there is no trace ${traceId}`, 'traceId');
  const missing = spanIds?.findIndex((spanId) => !known.has(spanId)) ?? -1;
  if (missing !== -1)
    throw new RejectedInput('not_found', `trace ${traceId} has no such step`, `spanIds[${missing}]`);
  return { traceId, spanIds: spanIds === null ? null : [...new Set(spanIds)].sort() };
}

async function stepsOfAttempt(client: Client, tenantId: bigint, attemptId: string): Promise<DecidedTrace[]> {
  const parts = await readAttempt(client, tenantId, attemptId);
  const [first] = parts;
  if (first === undefined)
    throw new RejectedInput('not_found', `there is no attempt ${attemptId}`, 'attemptId');
  if (parts.length > MAX_TRACES)
    throw new RejectedInput('unprocessable', `the attempt has over ${MAX_TRACES} traces`, 'attemptId');
  if (first.grade !== 'metered')
    throw new RejectedInput(
      'unprocessable',
      'the attempt begins or ends at an event that came while a trace was under way: name its steps by traceId and spanIds',
      'attemptId',
    );
  const item = { ref: first.workItemRef, idSeed: await readIdSeed(client, tenantId, first.workItemRef) };
  const traceIds = parts.map((part) => part.traceId);
  const resolved = await resolveTraces(client, tenantId, await parseSteps(client, tenantId, traceIds));
  const decided = resolved.map(({ steps }): DecidedTrace => {
    const own = steps.filter(({ shares }) =>
      shares.some(
        ({ workItemRef, attemptKeyKind, attemptKey }) =>
          workItemRef === item.ref && attemptIdOf(item, `${attemptKeyKind}:${attemptKey}`) === attemptId,
      ),
    );
    const traceId = steps[0]!.step.traceId;
    const spanIds = [...new Set(own.map(({ step }) => step.spanId))].sort();
    return { traceId, spanIds: own.length === steps.length ? null : spanIds };
  });
  const spans = decided.reduce((sum, { spanIds }) => sum + (spanIds?.length ?? 0), 0);
  if (decided.some(({ spanIds }) => spanIds?.length === 0) || spans > MAX_SPANS)
    throw new RejectedInput(
      'unprocessable',
      'the steps of the attempt cannot be told apart here: name them by traceId and spanIds',
      'attemptId',
    );
  return decided.sort((a, b) => (a.traceId < b.traceId ? -1 : 1));
}
