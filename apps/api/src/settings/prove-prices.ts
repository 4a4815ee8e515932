import { RejectedInput } from '#model';
import { planPriceBook, type Client, type PreviewProof, type PriceList } from '#store';
import { previewDigest, type PreviewKind } from '../previews/preview-kind.ts';
import { provePreview, readApprovals } from '../previews/prove-preview.ts';

/** A price list that is about to be recorded, with the preview it names. */
export interface PricesToProve {
  readonly kind: PreviewKind;
  /** As the digest was made of it. */
  readonly body: unknown;
  readonly previewId: string | undefined;
  readonly list: PriceList;
}

/**
 * Holds a price list against the preview it names. Rows that begin before now restate the past; where the policy
 * `approvals` has it they need an approved preview.
 *
 * @returns what its leaf says of the preview, and the root of the rows that it showed
 * @throws RejectedInput `conflict`, `not_found`
 */
export async function provePrices(
  client: Client,
  { kind, body, previewId, list }: PricesToProve,
  nowUs: bigint,
): Promise<{ readonly proof: PreviewProof; readonly root: Buffer | null } | null> {
  const { tenantId } = list;
  const { prices } = await readApprovals(client, tenantId, nowUs);
  const needsApproval = prices === 'approved' && (await isBackdated(client, list, nowUs));
  const digest = previewDigest(kind, body);
  const found = await provePreview(client, tenantId, { kind, digest, previewId, needsApproval }, nowUs);
  if (found === null) return null;
  const { root } = found.preview;
  if (root === null && (await planPriceBook(client, list)) !== null)
    throw new RejectedInput(
      'conflict',
      'the book said all of this when the preview was asked for, and does not any more: ask for another one',
      'previewId',
    );
  return { proof: found.proof, root: root === null ? null : Buffer.from(root, 'base64') };
}

async function isBackdated(client: Client, list: PriceList, nowUs: bigint): Promise<boolean> {
  const plan = await planPriceBook(client, list);
  const now = new Date(Number(nowUs / 1000n)).toISOString();
  return plan !== null && plan.rows.some(({ validFrom }) => validFrom === null || validFrom < now);
}

/**
 * The root that the rows must have: that of the preview, and of a dry run where one is named as well.
 *
 * @throws RejectedInput `conflict` where they are not the same
 */
export function expectedRootOf(shown: Buffer | null, asked: string | undefined): Buffer | null {
  const root = asked === undefined ? null : Buffer.from(asked, 'base64');
  if (shown !== null && root !== null && !shown.equals(root))
    throw new RejectedInput('conflict', 'is not the root that the preview showed', 'root');
  return shown ?? root;
}
