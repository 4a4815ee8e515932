import { CostPolicies, previewSummarySchema } from '#ledger';
import { RejectedInput } from '#model';
import { listPreviews, readTenantRules, type Client, type PreviewProof, type PreviewRow } from '#store';
import type { PreviewKind } from './preview-kind.ts';

/** A change that is about to be recorded. */
export interface ChangeToProve {
  readonly kind: PreviewKind;
  readonly digest: Buffer;
  /** As the request names it. */
  readonly previewId: string | undefined;
  /** It restates the past, by what it says itself or by the policy of the tenant. */
  readonly needsApproval: boolean;
}

/** Which changes need a second principal, by the policy `approvals` in force now. */
export async function readApprovals(
  client: Client,
  tenantId: bigint,
  nowUs: bigint,
): Promise<ReturnType<CostPolicies['approvalsAt']>> {
  return new CostPolicies((await readTenantRules(client, tenantId)).policies).approvalsAt(nowUs);
}

/**
 * Holds a change against the preview it names, in the transaction that records it.
 *
 * @returns the preview; null where none is named and none is needed
 * @throws RejectedInput `not_found` for a preview that is not there; `conflict` where it showed something else, is not
 *   done, is over, or was not approved though it had to be
 */
export async function provePreview(
  client: Client,
  tenantId: bigint,
  change: ChangeToProve,
  nowUs: bigint,
): Promise<{ readonly proof: PreviewProof; readonly preview: PreviewRow } | null> {
  const { previewId, needsApproval } = change;
  if (previewId === undefined) {
    if (!needsApproval) return null;
    throw new RejectedInput(
      'conflict',
      'restates what is posted: it needs a preview (POST /v1/previews) that another principal approved; name it',
      'previewId',
    );
  }
  const [preview] = await listPreviews(client, tenantId, { previewId, limit: 1 });
  if (preview === undefined)
    throw new RejectedInput('not_found', `there is no preview ${previewId}`, 'previewId');
  const refusal = whyNot(preview, change, nowUs);
  if (refusal !== null) throw new RejectedInput('conflict', refusal, 'previewId');
  const { digest, requestedBy, decision, decidedBy } = preview;
  return {
    preview,
    proof: {
      preview: previewId,
      digest: digest.toString('base64'),
      requestedBy,
      approvedBy: decision === 'approved' ? decidedBy : null,
    },
  };
}

function whyNot(
  preview: PreviewRow,
  { kind, digest, needsApproval }: ChangeToProve,
  nowUs: bigint,
): string | null {
  const { failure } = previewSummarySchema.parse(preview.summary);
  if (preview.kind !== kind || !preview.digest.equals(digest)) return 'the preview was of another change';
  if (preview.expiresAtUs <= nowUs) return 'the preview is over: ask for another one';
  if (failure !== null) return `the preview could not be worked out: ${failure}`;
  if (preview.doneAtUs === null) return 'the preview is not done yet';
  if (preview.decision === 'declined') return 'the change was declined';
  if (needsApproval && preview.decision !== 'approved') return 'nobody has approved the preview yet';
  return null;
}
