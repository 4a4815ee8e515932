import { canonicalJson, encodeFacts, formatTimeUs, sha256, type BundleParts } from '#evidence';
import { readLog, readRulesAt, readSealedAtUs, type Client, type ExportRequest, type KeyStore } from '#store';
import { deriveTrail, type TrailFacts } from '#trails';
import { readBundleScope } from './bundle-scope.ts';
import { readJournal } from './read-journal.ts';
import { readProvenLeaves, readSince, readTiles, signedAt } from './read-log-part.ts';
import { readOpenedOutcomes } from './read-opened-outcomes.ts';
import { readReads } from './read-reads.ts';
import { readTracesPart, type TracesPart } from './read-traces-part.ts';

/** What a bundle is made with besides the database. */
export interface BundleKit {
  readonly tenant: string;
  readonly software: string;
  readonly verifier: Buffer;
  readonly readme: string;
  readonly maxTraces: number;
  readonly contentKeys: KeyStore;
  /** Told before each stage. */
  readonly onProgress: (stage: string, done: number, total: number) => Promise<void>;
}

/**
 * Reads everything that goes into a bundle, at its size of the log, in the caller's snapshot of the tenant. The answer
 * for one request and size never changes, until content is erased or the software changes.
 *
 * @throws RejectedInput for a scope that cannot be exported
 */
export async function readBundleParts(
  client: Client,
  tenantId: bigint,
  request: ExportRequest,
  size: number,
  kit: BundleKit,
): Promise<BundleParts> {
  const { tenant, software, verifier, readme, onProgress } = kit;
  const checkpoint = await signedAt(client, tenantId, size);
  const log = (await readLog(client, tenantId))!;
  const sealedAtUs = await readSealedAtUs(client, tenantId, size);
  await onProgress('scope', 0, 5);
  const scope = await readBundleScope(client, tenantId, request.scope, size, kit.maxTraces);
  await onProgress('traces', 1, 5);
  const steps = await readTracesPart(
    client,
    tenantId,
    scope.traceIds,
    size,
    request.content,
    kit.contentKeys,
  );
  const outcomes = await readOpenedOutcomes(client, tenantId, scope.refs, size);
  await onProgress('journal', 2, 5);
  const { journal, leaves } = await readJournal(client, tenantId, scope.postings, size);
  const { trails, stamps } = trailsOf(scope.trails, steps.placeOf);
  await onProgress('log', 3, 5);
  const subjectIds = [
    ...scope.traceIds,
    ...new Set(steps.traces.flatMap(({ spans }) => spans.map(({ batchId }) => batchId))),
  ];
  const indexes = [
    ...leaves,
    ...stamps,
    ...[...outcomes.opened, ...outcomes.redactions].map(({ leaf }) => leaf),
  ];
  const shown = await readShownLog(
    client,
    tenantId,
    { size, method: request.method },
    { subjectIds, indexes },
  );
  await onProgress('reads', 4, 5);
  return {
    tenant,
    origin: log.origin,
    size,
    root: checkpoint.root,
    sealedAt: formatTimeUs(sealedAtUs),
    checkpoint: checkpoint.note,
    since: await readSince(client, tenantId, request.since, size),
    log: shown,
    traces: steps.traces,
    opened: [...steps.opened, ...outcomes.opened].sort(byLeaf),
    redactions: [...steps.redactions, ...outcomes.redactions].sort(byLeaf),
    journal,
    trails,
    reads: await readReads(client, tenantId, scope.subjects, sealedAtUs),
    request: { ...request, scope: { ...request.scope } },
    rules: await readRulesAt(client, tenantId, size),
    software,
    verifier,
    readme,
  };
}

const byLeaf = (a: { readonly leaf: number }, b: { readonly leaf: number }): number => a.leaf - b.leaf;

async function readShownLog(
  client: Client,
  tenantId: bigint,
  { size, method }: { readonly size: number; readonly method: ExportRequest['method'] },
  about: { readonly subjectIds: readonly string[]; readonly indexes: readonly number[] },
): Promise<BundleParts['log']> {
  return method === 'full-log'
    ? { method, tiles: await readTiles(client, tenantId, size) }
    : { method, leaves: await readProvenLeaves(client, tenantId, size, about) };
}

/** The files of each trail, and the places in the log that their facts come from. */
function trailsOf(
  facts: ReadonlyMap<string, TrailFacts>,
  placeOf: TracesPart['placeOf'],
): { trails: BundleParts['trails']; stamps: Set<number> } {
  const stamps = new Set<number>();
  const trails = new Map<string, { facts: string; files: Record<string, string> }>();
  for (const [name, ofTrail] of facts) {
    const { files } = deriveTrail(ofTrail, { canonicalJson, sha256 });
    const encoded = encodeFacts(ofTrail, placeOf, (index) => stamps.add(index));
    trails.set(name, { facts: canonicalJson(encoded), files });
  }
  return { trails, stamps };
}
