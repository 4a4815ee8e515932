import type { Principal } from '#server';
import type { Client, PreviewProof } from '#store';
import { previewDigest, type PreviewKind } from '../previews/preview-kind.ts';
import { provePreview, readApprovals } from '../previews/prove-preview.ts';
import { holdAgainstPreview, type NewVersion, type PlannedVersion } from './record-version.ts';

/**
 * Holds a version of a rule against the preview it names. One that restates the past, as it says itself or as the
 * policy `approvals` has it, needs an approved one; so does a version of that policy, while it demands any.
 *
 * @returns what its leaf says of the preview; null where it needs none
 * @throws RejectedInput `conflict`, `not_found`
 */
export async function proveSetting(
  client: Client,
  { tenantId }: Principal,
  asked: {
    readonly kind: PreviewKind;
    readonly previewId: string | undefined;
    readonly body: NewVersion;
    readonly planned: PlannedVersion;
  },
  nowUs: bigint,
): Promise<PreviewProof | null> {
  const { kind, previewId, body, planned } = asked;
  const { rules, prices } = await readApprovals(client, tenantId, nowUs);
  const loosens =
    kind === 'policy' && body.name === 'approvals' && (rules === 'approved' || prices === 'approved');
  const needsApproval =
    body.mode === 'retrospective' ||
    loosens ||
    (rules === 'approved' && planned.isBackdated && !planned.isKnown);
  const digest = previewDigest(kind, body);
  const found = await provePreview(client, tenantId, { kind, digest, previewId, needsApproval }, nowUs);
  if (found === null) return null;
  holdAgainstPreview(planned, found.preview);
  return found.proof;
}
