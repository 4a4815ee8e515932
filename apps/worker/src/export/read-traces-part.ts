import { commitment, type BundleParts, type OpenedContent, type Redaction, type StepPlace } from '#evidence';
import type { SpanId, TraceId } from '#model';
import {
  readBatchesToOpen,
  readLeavesAbout,
  readRevisionRecords,
  readSpanPlaces,
  readTraceSpans,
  type Client,
  type KeyStore,
  type RevisionRecord,
  type StoredSpan,
} from '#store';
import { identityOf, parseStep, sealedStepRecord } from '#trails';
import { StepOpenings } from './step-openings.ts';

type Traces = BundleParts['traces'];

/** The steps and spans of the scope, with the export requests that brought them. */
export interface TracesPart {
  readonly traces: Traces;
  /** Where each step's record stands among those of its trace, and its personal members. */
  readonly placeOf: (traceId: string, spanId: string, startedAtNs: bigint) => StepPlace;
  readonly opened: readonly OpenedContent[];
  readonly redactions: readonly Redaction[];
}

const TRACES_PER_READ = 200;

/**
 * Reads the newest revision below the size of each trace, with the spans it was made of, and opens the export requests
 * of which every span belongs to these traces: another one would show what is not asked for.
 *
 * @param withContent open them at all
 */
export async function readTracesPart(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number,
  withContent: boolean,
  keys: KeyStore,
): Promise<TracesPart> {
  const traces: Traces[number][] = [];
  const places = new Map<string, StepPlace>();
  const openings = new StepOpenings(client, tenantId, keys, size, withContent);
  const spansOfBatch = new Map<string, Received[]>();
  for (let at = 0; at < traceIds.length; at += TRACES_PER_READ) {
    const page = traceIds.slice(at, at + TRACES_PER_READ);
    const newest = await readNewest(client, tenantId, page, size);
    const records = groupBy(
      await readRevisionRecords(
        client,
        tenantId,
        new Map([...newest].map(([traceId, { revision }]) => [traceId, revision])),
      ),
      ({ traceId }) => traceId,
    );
    const spans = groupBy(await readReceived(client, tenantId, page), ({ traceId }) => traceId);
    for (const [traceId, place] of newest) {
      const ofTrace = inLeafOrder(records.get(traceId) ?? []);
      const received = spansOf(ofTrace, spans.get(traceId) ?? []);
      notePlaces(places, ofTrace);
      await openings.addTrace(
        traceId,
        place.leaf,
        ofTrace.map(({ record }) => record),
        received,
      );
      for (const span of received) push(spansOfBatch, span.batchId, span);
      traces.push({
        traceId,
        ...place,
        records: ofTrace.map(({ record }) => sealedStepRecord(record)),
        spans: received
          .map(({ batchId, position, spanId }) => ({ batchId, position, spanId }))
          .sort((a, b) => (a.batchId < b.batchId ? -1 : a.batchId > b.batchId ? 1 : a.position - b.position)),
      });
    }
  }
  const batches = await openBatches(client, tenantId, spansOfBatch, size, withContent);
  return {
    traces,
    placeOf: (traceId, spanId, startedAtNs) => {
      const place = places.get(`${traceId} ${spanId} ${startedAtNs}`);
      if (place === undefined) throw new RangeError(`no record of span ${spanId} of trace ${traceId}`);
      return place;
    },
    opened: [...batches.opened, ...openings.opened],
    redactions: [...batches.redactions, ...openings.redactions],
  };
}

type Received = Pick<StoredSpan, 'traceId' | 'spanId' | 'batchId' | 'position' | 'bytes'>;

/** The spans of traces; those that were let go without their bytes. */
async function readReceived(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<Received[]> {
  const kept: Received[] = await readTraceSpans(client, tenantId, traceIds);
  const known = new Set(kept.map(({ batchId, position }) => `${batchId} ${position}`));
  const letGo = (await readSpanPlaces(client, tenantId, traceIds))
    .filter(({ batchId, position }) => !known.has(`${batchId} ${position}`))
    .map((place): Received => ({ ...place, bytes: Buffer.alloc(0) }));
  return [...kept, ...letGo];
}

/** Number and leaf of the newest revision of each trace below the size. */
async function readNewest(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number,
): Promise<Map<TraceId, { revision: number; leaf: number }>> {
  const leaves = await readLeavesAbout(
    client,
    tenantId,
    { kinds: [], subjectIds: traceIds, indexes: [] },
    size,
  );
  const newest = new Map<TraceId, { revision: number; leaf: number }>();
  for (const { index, kind, subjectId, entry } of leaves) {
    if (kind !== 'trace.revision') continue;
    const { revision }: { readonly revision: number } = JSON.parse(entry.toString());
    newest.set(subjectId, { revision, leaf: index });
  }
  return newest;
}

/** A span that came after the revision has no record in it. Of two with one id the earlier request comes first. */
function spansOf(records: readonly { readonly spanId: SpanId }[], stored: readonly Received[]): Received[] {
  const left = new Map<SpanId, number>();
  for (const { spanId } of records) left.set(spanId, (left.get(spanId) ?? 0) + 1);
  return [...stored]
    .sort((a, b) => (a.batchId < b.batchId ? -1 : a.batchId > b.batchId ? 1 : a.position - b.position))
    .filter(({ spanId }) => {
      const count = left.get(spanId) ?? 0;
      left.set(spanId, count - 1);
      return count > 0;
    });
}

async function openBatches(
  client: Client,
  tenantId: bigint,
  spansOfBatch: ReadonlyMap<string, readonly Received[]>,
  size: number,
  withContent: boolean,
): Promise<Pick<TracesPart, 'opened' | 'redactions'>> {
  const opened: OpenedContent[] = [];
  const redactions: Redaction[] = [];
  for (const batch of await readBatchesToOpen(client, tenantId, [...spansOfBatch.keys()], size)) {
    const spans = spansOfBatch.get(batch.batchId) ?? [];
    const close = (reason: Redaction['reason']): void =>
      void redactions.push({ leaf: batch.leafIndex, field: 'batch', reason, by: null });
    if (!withContent) close('not_asked');
    else if (batch.salt === null) close('not_kept');
    else if (spans.length !== batch.received) close('other_subjects');
    else {
      const content = slicesOf(spans);
      const digest = await digestOf(client, tenantId, batch.leafIndex);
      // Received bytes are short-lived: once content was cut out of them they are not what was hashed.
      if (!commitment(batch.salt, content).equals(digest)) close('not_kept');
      else opened.push({ leaf: batch.leafIndex, field: 'batch', salt: batch.salt, content });
    }
  }
  return { opened, redactions };
}

async function digestOf(client: Client, tenantId: bigint, leafIndex: number): Promise<Buffer> {
  const wanted = { kinds: [], subjectIds: [], indexes: [leafIndex] };
  const [leaf] = await readLeavesAbout(client, tenantId, wanted, leafIndex + 1);
  const { digest }: { readonly digest: string } = JSON.parse(leaf!.entry.toString());
  return Buffer.from(digest, 'hex');
}

/** Each span's bytes after their length in four, in wire order: what the digest was taken over. */
function slicesOf(spans: readonly Received[]): Buffer {
  return Buffer.concat(
    [...spans]
      .sort((a, b) => a.position - b.position)
      .flatMap(({ bytes }) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(bytes.length);
        return [length, bytes];
      }),
  );
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) push(groups, keyOf(item), item);
  return groups;
}

function push<Item>(groups: Map<string, Item[]>, key: string, item: Item): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}

/** By start, then span id: the order in which the root of a revision is made. */
function inLeafOrder(records: readonly RevisionRecord[]): RevisionRecord[] {
  const startOf = ({ record }: RevisionRecord): bigint => parseStep(record).startedAtNs;
  return records
    .map((record) => ({ record, startedAtNs: startOf(record) }))
    .sort((a, b) =>
      a.startedAtNs !== b.startedAtNs
        ? a.startedAtNs < b.startedAtNs
          ? -1
          : 1
        : a.record.spanId < b.record.spanId
          ? -1
          : 1,
    )
    .map(({ record }) => record);
}

function notePlaces(places: Map<string, StepPlace>, records: readonly RevisionRecord[]): void {
  for (const [place, { traceId, spanId, record }] of records.entries()) {
    const { startedAtNs, commitments }: { readonly startedAtNs: string; readonly commitments?: object } =
      JSON.parse(record);
    const personal = commitments === undefined ? null : JSON.parse(identityOf(record));
    places.set(`${traceId} ${spanId} ${startedAtNs}`, { place, personal });
  }
}
