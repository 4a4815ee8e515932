import { Rules } from '#attribution';
import { parseRef, RejectedInput, type Ref } from '#model';
import { readTenantRules, readWorkItem, type Client } from '#store';

/**
 * The work item a decision is about.
 *
 * @returns the id that names it in leaves
 * @throws RejectedInput `unprocessable` for a kind that is none of work items, `not_found` for an item nobody named
 */
export async function workItemDecided(
  client: Client,
  tenantId: bigint,
  ref: Ref,
  atUs: bigint,
): Promise<string> {
  const { kind, key } = parseRef(ref);
  const { definitions, policies, keyMappings } = await readTenantRules(client, tenantId);
  if (!new Rules(definitions, policies, keyMappings).isWorkItemKind(kind, atUs))
    throw new RejectedInput(
      'unprocessable',
      `no definition makes ${kind} a kind of work item`,
      'workItem.kind',
    );
  const item = await readWorkItem(client, tenantId, ref);
  if (item === null)
    throw new RejectedInput(
      'not_found',
      `there is no work item ${kind} ${key}: neither an outcome event nor a span has named it`,
      'workItem.key',
    );
  return item.surrogateId;
}
