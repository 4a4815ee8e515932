import { createHash } from 'node:crypto';
import { canonicalJson, commitment, encodeLeaf, formatTimeUs } from '#evidence';
import { RejectedInput, toRef } from '#model';
import type { Principal } from '#server';
import type { CostLineRecord } from '#store';
import { readBusinessTime } from '../outcomes/business-time.ts';
import { toStoredBody, type CostLineBody } from './cost-line-body.ts';

export interface LineContext {
  readonly caller: Principal;
  readonly receivedAtUs: bigint;
  readonly newUuid: () => string;
  readonly newSalt: () => Buffer;
}

/**
 * The record of a cost line that passed its schema.
 *
 * @param field where it stands in the request, as `lines[3]`
 * @throws RejectedInput `invalid` naming the field; `forbidden` when the key may not speak for source or kind
 */
export function toCostLineRecord(line: CostLineBody, field: string, context: LineContext): CostLineRecord {
  const { caller, receivedAtUs } = context;
  if (caller.sources !== null && !caller.sources.includes(line.source))
    throw new RejectedInput(
      'forbidden',
      `this key does not speak for the source ${line.source}`,
      `${field}.source`,
    );
  if (caller.kinds !== null && !caller.kinds.includes(line.workItem.kind))
    throw new RejectedInput(
      'forbidden',
      `this key does not speak for the kind ${line.workItem.kind}`,
      `${field}.workItem.kind`,
    );
  const occurredAtUs = readBusinessTime(line.occurredAt, `${field}.occurredAt`, receivedAtUs);
  const body = toStoredBody(line);
  const content = Buffer.from(
    canonicalJson({
      source: line.source,
      id: line.id,
      workItem: line.workItem,
      kind: line.kind,
      occurredAt: formatTimeUs(occurredAtUs),
      supersedes: line.supersedes ?? null,
      ...body,
    }),
  );
  const surrogateId = context.newUuid();
  const salt = context.newSalt();
  return {
    ref: toRef(line.workItem.kind, caller.tenantId, line.workItem.key),
    source: line.source,
    lineId: line.id,
    kind: line.kind,
    occurredAtUs,
    supersedes: line.supersedes ?? null,
    body: JSON.stringify(body),
    surrogateId,
    contentHash: createHash('sha256').update(content).digest(),
    salt,
    leaf: encodeLeaf('cost.line', receivedAtUs, {
      line: surrogateId,
      workItemKind: line.workItem.kind,
      lineKind: line.kind,
      occurredAt: formatTimeUs(occurredAtUs),
      content: commitment(salt, content).toString('base64'),
      key: caller.keyId,
      bootstrap: caller.isBootstrap ? true : undefined,
    }),
  };
}
