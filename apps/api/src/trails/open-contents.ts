import { contentAddress, decryptContent } from '#evidence';
import { readContentRows, readErasuresOf, type Client, type ContentRow, type KeyStore } from '#store';
import type { ContentFact, ContentFacts, Trail } from '#trails';

/** Nothing of what was said: for answers that open no content. */
export const NO_CONTENT: ContentFacts = { of: () => [] };

/**
 * Opens what the steps of a trail said and saw. A part whose key was destroyed, or that is stored no more, is redacted:
 * by whom, and which leaf says so. Only behind `openContent` of ../access.
 */
export async function openContents(
  client: Client,
  keys: KeyStore,
  tenantId: bigint,
  trail: Trail,
): Promise<ContentFacts> {
  const steps = trail.entries.flatMap((entry) => (entry.type === 'step' ? [entry.fact.step] : []));
  const traceIds = [...new Set(steps.map(({ traceId }) => traceId))];
  const rows = traceIds.length === 0 ? [] : await readContentRows(client, tenantId, traceIds);
  const subjects = new Set([
    ...rows.map(({ subjectId }) => subjectId),
    ...steps.flatMap(({ commitments }) => commitments?.subject ?? []),
  ]);
  const [opening, erasures] = await Promise.all([
    keys.keysOf(tenantId, subjects),
    readErasuresOf(client, tenantId, [...subjects]),
  ]);
  const redaction = (subjectId: string): { by: string; leaf: number | null } => {
    const leaf = erasures.get(subjectId);
    return {
      by: leaf === undefined ? 'not_stored' : 'erasure',
      leaf: leaf === undefined || leaf === null ? null : Number(leaf),
    };
  };
  const open = (row: ContentRow): ContentFact => {
    const own = opening.get(row.subjectId);
    if (own === undefined) return { part: row.part, redacted: redaction(row.subjectId) };
    const address = contentAddress(tenantId, row.traceId, row.spanId, row.startedAtUs);
    const text = decryptContent(own, `${address}/${row.part}`, row.sealed).toString();
    return { part: row.part, mediaType: row.mediaType, text };
  };
  const byStep = new Map<string, ContentFact[]>();
  for (const row of rows) push(byStep, `${row.traceId} ${row.spanId}`, open(row));
  for (const { traceId, spanId, commitments } of steps) {
    const known = new Set(byStep.get(`${traceId} ${spanId}`)?.map(({ part }) => part));
    for (const part of Object.keys(commitments?.parts ?? {}))
      if (!known.has(part))
        push(byStep, `${traceId} ${spanId}`, { part, redacted: redaction(commitments!.subject) });
  }
  return { of: (traceId, spanId) => byStep.get(`${traceId} ${spanId}`) ?? [] };
}

function push(map: Map<string, ContentFact[]>, key: string, fact: ContentFact): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [fact]);
  else list.push(fact);
}
