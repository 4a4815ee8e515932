import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson, commitment, encodeLeaf } from '#evidence';
import { RejectedInput, toRef, type Decision } from '#model';
import type { Principal } from '#server';
import { readWorkItem, recordDecision, usFromTimestamp, type Client, type WorkItemRow } from '#store';
import { v7 as uuidByTime } from 'uuid';
import type { z } from 'zod';
import type { DecisionView } from './decision-bodies.ts';

/** What is told of a decision, read from either body. */
export interface ToldBody {
  readonly decisionId?: string | undefined;
  readonly workItem: { readonly kind: string; readonly key: string };
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly at?: string | undefined;
}

/**
 * Records a decision or an override of a work item with its leaf, in the caller's transaction. Idempotent by its id.
 *
 * @param note free text, or null; the leaf holds a salted commitment to it
 * @throws RejectedInput `not_found` for a work item nobody has named, `forbidden` for one of a kind the key is not
 *   for, `conflict` where another decision stands under this id
 */
export async function tellDecision(
  client: Client,
  caller: Principal,
  body: ToldBody,
  decision: Decision,
  note: string | null,
  nowUs: bigint,
): Promise<z.infer<typeof DecisionView>> {
  const { tenantId } = caller;
  const item = await workItemOf(client, caller, body.workItem);
  const told = {
    ref: item.ref,
    factId: body.decisionId?.toLowerCase() ?? uuidByTime({ msecs: Number(nowUs / 1000n) }),
    decision,
    traceId: body.traceId ?? null,
    spanId: body.spanId ?? null,
    occurredAtUs: body.at === undefined ? nowUs : usFromTimestamp(body.at),
    toldBy: caller.principalId,
    note,
    recordedAtUs: nowUs,
    leafKind: decision.kind === 'override' ? ('override' as const) : ('decision' as const),
  };
  const salt = randomBytes(32);
  const content = { ...decision, note, traceId: told.traceId, spanId: told.spanId, at: body.at ?? null };
  const leaf = encodeLeaf(told.leafKind, nowUs, {
    decision: told.factId,
    workItem: item.surrogateId,
    said: { ...decision },
    step: told.traceId === null ? undefined : { trace: told.traceId, span: told.spanId },
    note: note === null ? undefined : commitment(salt, Buffer.from(note)).toString('base64'),
    by: caller.principalId,
    key: caller.keyId,
    bootstrap: caller.isBootstrap ? true : undefined,
  });
  const state = await recordDecision(client, tenantId, {
    ...told,
    salt,
    leaf,
    contentHash: createHash('sha256').update(canonicalJson(content)).digest(),
  });
  if (state === 'conflict')
    throw new RejectedInput('conflict', 'another decision was recorded under this id', 'decisionId');
  return {
    decisionId: told.factId,
    state,
    trail: item.surrogateId,
    decision: { ...decision },
    recordedBy: caller.principalId,
  };
}

async function workItemOf(
  client: Client,
  caller: Principal,
  { kind, key }: ToldBody['workItem'],
): Promise<WorkItemRow> {
  if (caller.kinds !== null && !caller.kinds.includes(kind))
    throw new RejectedInput(
      'forbidden',
      `this key is not for work items of the kind ${kind}`,
      'workItem.kind',
    );
  const item = await readWorkItem(client, caller.tenantId, toRef(kind, caller.tenantId, key));
  if (item === null)
    throw new RejectedInput(
      'not_found',
      `there is no work item ${kind} ${key}: neither an outcome event nor a span has named it`,
      'workItem.key',
    );
  return item;
}
