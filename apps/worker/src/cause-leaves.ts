import { canonicalJson, encodeLeaf, merkleRoot } from '#evidence';
import type { CauseDelta, OpenCause, WaitingFact } from '#store';
import { z } from 'zod';

/**
 * From here on the books are between what they were and what the rule makes of them. A rule has a leaf of its own that
 * the cause names; a request to read spans again is told here.
 */
export const causeOpenLeaf = (
  { cause, kind, detail }: Pick<WaitingFact, 'cause' | 'kind' | 'detail'>,
  nowUs: bigint,
): Buffer =>
  encodeLeaf('cause.open', nowUs, {
    cause,
    rule: kind,
    asked: kind === 'renormalise' ? askedDetail.parse(detail) : undefined,
  });

const askedDetail = z.object({
  from: z.string().nullable(),
  to: z.string().nullable(),
  reason: z.string(),
  engine: z.string(),
  principal: z.string(),
  preview: z
    .object({
      preview: z.string(),
      digest: z.string(),
      requestedBy: z.string(),
      approvedBy: z.string().nullable(),
    })
    .nullish()
    .transform((proof) => proof ?? undefined),
});

/**
 * The rule is worked through: what it moved, as an RFC 6962 root over the canonical rows with their count, and as the
 * change of all charges per asset.
 */
export function causeDoneLeaf(
  { causeId, kind }: OpenCause,
  deltas: readonly CauseDelta[],
  nowUs: bigint,
): Buffer {
  const charges: Record<string, bigint> = {};
  for (const { asset, account, amount } of deltas)
    if (account.startsWith('5')) charges[asset] = (charges[asset] ?? 0n) + amount;
  const rows = deltas.map(({ entries: _count, ...delta }) => Buffer.from(canonicalJson({ ...delta })));
  return encodeLeaf('cause.done', nowUs, {
    cause: causeId,
    rule: kind,
    deltas: { count: rows.length, root: merkleRoot(rows).toString('base64') },
    charges,
  });
}
