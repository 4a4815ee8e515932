import type { Principal } from '#server';
import { inTenantSnapshot, nameOf } from '#store';
import type { ContentFacts } from '#trails';
import { openContent } from '../access/open-content.ts';
import type { ApiContext } from '../api-context.ts';
import { NO_CONTENT, openContents } from './open-contents.ts';
import type { TrailAt } from './replay-trail.ts';

export type WantedContent = 'none' | 'read' | 'text';

/**
 * The content of trails, as far as the caller may read it: nothing where none was asked for, otherwise behind a grant,
 * noted in the access log before anything is opened.
 *
 * @param route method and path without values, for the access log
 * @throws as `openContent`
 */
export async function readContents(
  api: ApiContext,
  caller: Principal,
  route: string,
  wanted: WantedContent,
  trails: readonly TrailAt[],
): Promise<ContentFacts[]> {
  if (wanted === 'none') return trails.map(() => NO_CONTENT);
  await openContent(api, caller, { route, workItems: [...new Set(trails.map(({ ref }) => nameOf(ref)))] });
  // A snapshot of its own: nobody holds one connection while waiting for another.
  return inTenantSnapshot(api.db, caller.tenantId, async (client) => {
    const opened: ContentFacts[] = [];
    for (const { trail } of trails)
      opened.push(await openContents(client, api.contentKeys, caller.tenantId, trail));
    return opened;
  });
}
