import { canonicalJson, encodeLeaf, merkleRoot } from '#evidence';
import type { CauseDelta, OpenCause, WaitingFact } from '#store';

/** From here on the books are between what they were and what the rule makes of them. */
export const causeOpenLeaf = ({ cause, kind }: Pick<WaitingFact, 'cause' | 'kind'>, nowUs: bigint): Buffer =>
  encodeLeaf('cause.open', nowUs, { cause, rule: kind });

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
