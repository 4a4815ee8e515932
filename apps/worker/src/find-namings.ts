import { readNamings, type Client, type OpenCause, type PreviewNaming } from '#store';
import { readCausePage } from './cause-pages.ts';
import { normaliseTraces } from './normalise-traces.ts';
import { asDue } from './post-to-rest.ts';
import { publishCandidates } from './publish-candidates.ts';
import type { NormaliseParts } from './read-trace.ts';

/** Stand before a trace id in the cursor of a preview that reads spans for new keys before it posts anything. */
const SCAN = 'scan ';
export const AFTER_SCAN = 'work ';

/** What reads keys anew may tie traces together that nothing else does: until all are known no page can be posted alone. */
export const isScanning = ({ kind, cursor }: Pick<OpenCause, 'kind' | 'cursor'>): boolean =>
  (kind === 'key_mapping' || kind === 'renormalise') && !cursor.startsWith(AFTER_SCAN);

/**
 * Finds the keys that a page of traces has under a rule and not without it, in a transaction that is rolled back.
 *
 * @param parts with the rulebook that holds the rule
 */
export async function findNamings(
  client: Client,
  parts: NormaliseParts,
  options: { readonly pageSize: number; readonly traceSpans: number; readonly isPassedOver: boolean },
  rule: OpenCause,
): Promise<{ readonly cursor: string; readonly namings: readonly PreviewNaming[] }> {
  const { tenantId, causeId } = rule;
  const at = { ...rule, cursor: rule.cursor.slice(SCAN.length) };
  const page = await readCausePage(client, at, options.pageSize);
  const cursor = page.cursor === null ? AFTER_SCAN : SCAN + page.cursor;
  if (options.isPassedOver || page.traceIds.length === 0) return { cursor, namings: [] };
  const before = await readNamings(client, tenantId, page.traceIds);
  const known = new Set(before.map(({ ref, traceId }) => `${traceId} ${ref}`));
  const claims = page.traceIds.map((traceId) => asDue(tenantId, traceId, causeId, true));
  const { traces } = await publishCandidates(parts, tenantId, claims, options.traceSpans);
  await normaliseTraces(parts, tenantId, traces);
  const after = await readNamings(client, tenantId, page.traceIds);
  return { cursor, namings: after.filter(({ ref, traceId }) => !known.has(`${traceId} ${ref}`)) };
}
