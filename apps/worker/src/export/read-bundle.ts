import {
  canonicalJson,
  encodeFacts,
  formatTimeUs,
  sha256,
  type BundleHead,
  type BundleReceiver,
  type Spool,
} from '#evidence';
import {
  readLog,
  readRulesAt,
  readSealedAtUs,
  readTrailFacts,
  type Client,
  type ExportRequest,
  type KeyStore,
} from '#store';
import { deriveTrail } from '#trails';
import { readBundleScope, type BundleScope } from './bundle-scope.ts';
import { readCharges } from './read-charges.ts';
import { readJournal } from './read-journal.ts';
import { readProvenLeaves, readSince, readTiles, signedAt } from './read-log-part.ts';
import { readOpenedOutcomes } from './read-opened-outcomes.ts';
import { readReads } from './read-reads.ts';
import { readStepPlaces, readTracesPart } from './read-traces-part.ts';

/** What a bundle is made with besides the database. */
export interface BundleKit {
  readonly tenant: string;
  readonly software: string;
  readonly verifier: Buffer;
  readonly readme: string;
  readonly maxTraces: number;
  readonly contentKeys: KeyStore;
  /** Where content waits that is not needed yet. */
  readonly spool: Spool;
  /** Told before each stage, and after each page of it; what it throws ends the reading. */
  readonly onProgress: (stage: string, done: number, total: number) => Promise<void>;
}

/** @throws RejectedInput where no checkpoint of the size, or of the older one, was signed */
export async function readBundleHead(
  client: Client,
  tenantId: bigint,
  request: ExportRequest,
  size: number,
  { tenant, software, verifier, readme }: BundleKit,
): Promise<BundleHead> {
  const { root, note } = await signedAt(client, tenantId, size);
  return {
    tenant,
    origin: (await readLog(client, tenantId))!.origin,
    size,
    root,
    sealedAt: formatTimeUs(await readSealedAtUs(client, tenantId, size)),
    checkpoint: note,
    since: await readSince(client, tenantId, request.since, size),
    method: request.method,
    request: { ...request, scope: { ...request.scope } },
    rules: await readRulesAt(client, tenantId, size),
    software,
    verifier,
    readme,
  };
}

const STAGES = ['scope', 'traces', 'journal', 'trails', 'log', 'reads', 'archive'] as const;
export type ExportStage = (typeof STAGES)[number];
export const stageOf = (stage: ExportStage): [stage: string, done: number, total: number] => [
  stage,
  STAGES.indexOf(stage),
  STAGES.length,
];

/**
 * Reads everything that goes into a bundle, at its size of the log, in the caller's snapshot of the tenant, and tells it
 * page by page. What is told for one request and size never changes, until content is erased or the software changes.
 * Besides ids and places, at most a page or one trail of it is in memory.
 *
 * @throws RejectedInput for a scope that cannot be exported
 */
export async function readBundle(
  client: Client,
  tenantId: bigint,
  request: ExportRequest,
  size: number,
  kit: BundleKit,
  to: BundleReceiver,
): Promise<void> {
  const sealedAtUs = await readSealedAtUs(client, tenantId, size);
  const during = (stage: ExportStage) => (): Promise<void> => kit.onProgress(...stageOf(stage));
  await during('scope')();
  const scope = await readBundleScope(client, tenantId, request.scope, size, kit.maxTraces);
  await during('traces')();
  const batchIds = await readTracesPart(client, tenantId, scope.traceIds, size, request.content, {
    keys: kit.contentKeys,
    to,
    spool: kit.spool,
    onPage: during('traces'),
  });
  const places = new Set(await readOpenedOutcomes(client, tenantId, scope.refs, size, to));
  await during('journal')();
  for await (const { lines, leaves } of readJournal(client, tenantId, scope.postings, size)) {
    await to.journal(lines);
    for (const leaf of leaves) places.add(leaf);
    await during('journal')();
  }
  await readCharges(client, tenantId, scope, size, kit.tenant, to);
  await tellTrails(client, tenantId, scope.trails, size, {
    to,
    onLeaf: (index) => places.add(index),
    onPage: during('trails'),
  });
  const about = { subjectIds: [...scope.traceIds, ...batchIds], indexes: [...places] };
  await tellLog(client, tenantId, { size, method: request.method }, about, { to, onPage: during('log') });
  await during('reads')();
  await readReads(client, tenantId, scope.subjects, sealedAtUs, to);
}

interface Telling {
  readonly to: BundleReceiver;
  readonly onPage: () => Promise<void>;
}

/** The files of each trail. @param kit.onLeaf told of the places in the log that its facts come from */
async function tellTrails(
  client: Client,
  tenantId: bigint,
  trails: BundleScope['trails'],
  size: number,
  { to, onPage, onLeaf }: Telling & { readonly onLeaf: (index: number) => void },
): Promise<void> {
  for (const [name, ref] of trails) {
    const facts = (await readTrailFacts(client, tenantId, ref, size))!;
    const traceIds = [...new Set(facts.steps.map(({ step }) => step.traceId))];
    const placeOf = await readStepPlaces(client, tenantId, traceIds, size);
    const { files } = deriveTrail(facts, { canonicalJson, sha256 });
    await to.trail({ name, facts: canonicalJson(encodeFacts(facts, placeOf, onLeaf)), files });
    await onPage();
  }
}

const PARTS_PER_PAGE = 200;

async function tellLog(
  client: Client,
  tenantId: bigint,
  { size, method }: { readonly size: number; readonly method: ExportRequest['method'] },
  about: { readonly subjectIds: readonly string[]; readonly indexes: readonly number[] },
  { to, onPage }: Telling,
): Promise<void> {
  let told = 0;
  const next = async (): Promise<void> => {
    if (told++ % PARTS_PER_PAGE === 0) await onPage();
  };
  if (method === 'full-log')
    for await (const [path, content] of readTiles(client, tenantId, size)) {
      await next();
      await to.tile(path, content);
    }
  else
    for await (const leaf of readProvenLeaves(client, tenantId, size, about)) {
      await next();
      await to.leaf(leaf);
    }
}
