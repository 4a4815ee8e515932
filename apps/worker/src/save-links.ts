import { confidenceText, supersedeLinks, type TraceLink } from '#attribution';
import { canonicalJson } from '#evidence';
import type { TraceId } from '#model';
import { insertLinks, readStandingLinks, type Client, type LinkRow } from '#store';

/** A link as the newest posting of its trace wants it. */
export type WantedLink = Omit<LinkRow, 'linkId' | 'supersedes'>;

export function toWantedLink(traceId: TraceId, link: TraceLink): WantedLink {
  return {
    traceId,
    workItemRef: link.workItemRef,
    scope: link.scope,
    spanId: link.spanId,
    tier: link.tier,
    confidence: confidenceText(link.confidenceBps),
    rule: link.rule,
    state: link.state,
    evidence: canonicalJson(
      link.evidence.map(({ tier, source, rule, confidenceBps }) => ({
        tier,
        source,
        rule,
        confidence: confidenceText(confidenceBps),
      })),
    ),
  };
}

/**
 * Appends what changed of the links of these traces, in the transaction that holds their postings: a link that is
 * replaced is superseded, one that no longer holds is withdrawn.
 *
 * @param postedTraceIds those of the traces that may have links already
 * @param newId of a link: nothing of what it says can be confirmed by it
 */
export async function saveLinks(
  client: Client,
  tenantId: bigint,
  postedTraceIds: readonly TraceId[],
  wanted: readonly WantedLink[],
  nowUs: bigint,
  newId: () => string,
): Promise<void> {
  const standing = await readStandingLinks(client, tenantId, postedTraceIds);
  const changes = supersedeLinks(wanted.map(toClaim), standing.map(toClaim));
  const rows = changes.map(({ link, supersedes }): LinkRow => {
    const before = supersedes?.link ?? null;
    const row: WantedLink = link === null ? { ...before!, state: 'withdrawn' } : link.link;
    return { ...row, linkId: newId(), supersedes: before?.linkId ?? null };
  });
  await insertLinks(client, tenantId, rows, nowUs);
}

const toClaim = <Link extends WantedLink>(link: Link) => ({ link, slot: slotOf(link), says: saysOf(link) });

const slotOf = ({ traceId, workItemRef, scope, spanId }: WantedLink): string =>
  `${traceId} ${scope} ${spanId} ${workItemRef}`;

/** Links of the first release carry no evidence of their own: their rule says it. */
const saysOf = ({ state, tier, confidence, rule }: WantedLink): string =>
  [state, tier, confidence, rule].join('\n');
