import { randomBytes, randomUUID } from 'node:crypto';
import { commitment, encodeLeaf } from '#evidence';
import { RejectedInput } from '#model';
import type { Principal } from '#server';
import { asTenant, listGrants, recordContentRead, type Grant } from '#store';
import type { ApiContext } from '../api-context.ts';

/** Content that somebody wants to read. */
export interface WantedContent {
  /** Method and path, the path without values: `GET /v1/trails/:id/steps/:n`. Stands in the leaf. */
  readonly route: string;
  /** What it is about: `ticket:8123`; null = more than one work item, or none. */
  readonly workItems: readonly string[] | null;
  /** Another word for it in the access log, where it is not about work items: `period 2026-10`, `tenant`. */
  readonly subject?: string;
}

/**
 * The one door to content (messages, tool arguments and results, documents): it opens inside a grant only, an admin's
 * key included, and each read is noted, durably, before it returns. Whoever answers with content calls it first, and
 * answers nothing when it throws.
 *
 * @returns the grant that opened it
 * @throws RejectedInput `forbidden` without a grant that covers all of it; Unavailable where the read cannot be noted
 */
export async function openContent(
  api: Pick<ApiContext, 'db' | 'nowUs'>,
  caller: Principal,
  wanted: WantedContent,
): Promise<{ readonly grantId: string }> {
  const readAtUs = api.nowUs();
  return asTenant(api.db, caller.tenantId, async (client) => {
    const grants = await listGrants(client, caller.tenantId, { principalId: caller.principalId });
    const grant = grants.find(
      (each) =>
        each.decision === 'approved' && each.validUntilUs > readAtUs && covers(each.scope, wanted.workItems),
    );
    if (grant === undefined)
      throw new RejectedInput(
        'forbidden',
        `content is read under a grant only, and you have none for ${wanted.workItems?.join(', ') ?? 'all of the tenant'}: ` +
          'ask for one with POST /v1/grants, and have it approved by somebody else',
      );
    for (const subject of wanted.workItems ?? [wanted.subject ?? 'tenant']) {
      const read = {
        accessId: randomUUID(),
        readAtUs,
        principalId: caller.principalId,
        keyId: caller.keyId,
        grantId: grant.grantId,
        route: wanted.route,
        subject,
        salt: randomBytes(32),
      };
      await recordContentRead(client, caller.tenantId, read, leafOf(read));
    }
    return { grantId: grant.grantId };
  });
}

function covers(scope: Grant['scope'], workItems: readonly string[] | null): boolean {
  if (scope.kind === 'tenant') return true;
  if (workItems === null) return false;
  return scope.kind === 'work_item'
    ? workItems.every((name) => name === scope.workItem)
    : workItems.every((name) => name.startsWith(`${scope.workItemKind}:`));
}

/** Of whom, what and why; of a business key only the commitment. */
const leafOf = (read: Parameters<typeof recordContentRead>[2]): Buffer =>
  encodeLeaf('content.read', read.readAtUs, {
    read: read.accessId,
    principal: read.principalId,
    key: read.keyId,
    grant: read.grantId,
    route: read.route,
    subject: commitment(read.salt, Buffer.from(read.subject)).toString('base64'),
  });
