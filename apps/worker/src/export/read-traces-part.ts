import {
  commitment,
  type BundleReceiver,
  type Redaction,
  type Spool,
  type SpanPlace,
  type StepPlace,
} from '#evidence';
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

const TRACES_PER_PAGE = 200;
/** Traces whose spans are in memory together. */
const TRACES_PER_READ = 16;

/** What the traces are read with and told to. */
export interface TracesKit {
  readonly keys: KeyStore;
  readonly to: BundleReceiver;
  /** Where received bytes wait for the rest of their export request. */
  readonly spool: Spool;
  /** Told after each page. */
  readonly onPage: () => Promise<void>;
}

/**
 * Reads the newest revision below the size of each trace, with the spans it was made of, and opens the export requests
 * of which every span belongs to these traces: another one would show what is not asked for.
 *
 * @param withContent open them at all
 * @returns the export requests that brought the spans
 */
export async function readTracesPart(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number,
  withContent: boolean,
  { keys, to, spool, onPage }: TracesKit,
): Promise<string[]> {
  const openings = new StepOpenings(client, tenantId, keys, size, withContent, to);
  const slices = new Map<string, SpanSlice[]>();
  for (let at = 0; at < traceIds.length; at += TRACES_PER_PAGE) {
    const newest = await readNewest(client, tenantId, traceIds.slice(at, at + TRACES_PER_PAGE), size);
    const ids = [...newest.keys()];
    for (let from = 0; from < ids.length; from += TRACES_PER_READ) {
      const page = new Map(ids.slice(from, from + TRACES_PER_READ).map((id) => [id, newest.get(id)!]));
      for (const { traceId, place, records, received } of await readPage(client, tenantId, page)) {
        await openings.addTrace(traceId, place.leaf, records, received);
        for (const { batchId, position, bytes } of received) {
          const length = bytes.length;
          push(slices, batchId, { position, length, at: withContent ? await spool.write(bytes) : 0 });
        }
        await to.trace({
          traceId,
          ...place,
          records: records.map((record) => sealedStepRecord(record)),
          spans: placesOf(received),
        });
      }
      await onPage();
    }
  }
  await openBatches(client, tenantId, slices, size, withContent, { to, spool });
  return [...slices.keys()];
}

/** Received bytes of a span in the spool, and its place in its export request. */
interface SpanSlice {
  readonly position: number;
  readonly at: number;
  readonly length: number;
}

const placesOf = (received: readonly Received[]): SpanPlace[] =>
  received
    .map(({ batchId, position, spanId }) => ({ batchId, position, spanId }))
    .sort((a, b) => (a.batchId < b.batchId ? -1 : a.batchId > b.batchId ? 1 : a.position - b.position));

interface TraceRead {
  readonly traceId: TraceId;
  readonly place: Newest;
  /** As stored, in the order of the revision's root. */
  readonly records: readonly string[];
  readonly received: readonly Received[];
}

async function readPage(
  client: Client,
  tenantId: bigint,
  newest: ReadonlyMap<TraceId, Newest>,
): Promise<TraceRead[]> {
  const records = await readRecords(client, tenantId, newest);
  const spans = groupBy(await readReceived(client, tenantId, [...newest.keys()]), ({ traceId }) => traceId);
  return [...newest].map(([traceId, place]) => {
    const ofTrace = records.get(traceId) ?? [];
    const received = spansOf(ofTrace, spans.get(traceId) ?? []);
    return { traceId, place, records: ofTrace.map(({ record }) => record), received };
  });
}

/** The step records of the newest revision of each trace, in the order of its root. */
async function readRecords(
  client: Client,
  tenantId: bigint,
  newest: ReadonlyMap<TraceId, Newest>,
): Promise<Map<TraceId, RevisionRecord[]>> {
  const revisions = new Map([...newest].map(([traceId, { revision }]) => [traceId, revision]));
  const records = groupBy(await readRevisionRecords(client, tenantId, revisions), ({ traceId }) => traceId);
  return new Map([...records].map(([traceId, ofTrace]) => [traceId, inLeafOrder(ofTrace)]));
}

/**
 * Where each step's record stands among those of its trace, and its personal members.
 *
 * @returns throws RangeError for a step that has no record below the size
 */
export async function readStepPlaces(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number,
): Promise<(traceId: string, spanId: string, startedAtNs: bigint) => StepPlace> {
  const places = new Map<string, StepPlace>();
  for (let at = 0; at < traceIds.length; at += TRACES_PER_READ) {
    const newest = await readNewest(client, tenantId, traceIds.slice(at, at + TRACES_PER_READ), size);
    for (const records of (await readRecords(client, tenantId, newest)).values()) notePlaces(places, records);
  }
  return (traceId, spanId, startedAtNs) => {
    const place = places.get(`${traceId} ${spanId} ${startedAtNs}`);
    if (place === undefined) throw new RangeError(`no record of span ${spanId} of trace ${traceId}`);
    return place;
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

interface Newest {
  readonly revision: number;
  readonly leaf: number;
}

/** Number and leaf of the newest revision of each trace below the size. */
async function readNewest(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  size: number,
): Promise<Map<TraceId, Newest>> {
  const leaves = await readLeavesAbout(
    client,
    tenantId,
    { kinds: [], subjectIds: traceIds, indexes: [] },
    size,
  );
  const newest = new Map<TraceId, Newest>();
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

const BATCHES_PER_READ = 500;

async function openBatches(
  client: Client,
  tenantId: bigint,
  slicesOf: ReadonlyMap<string, readonly SpanSlice[]>,
  size: number,
  withContent: boolean,
  { to, spool }: Pick<TracesKit, 'to' | 'spool'>,
): Promise<void> {
  const ids = [...slicesOf.keys()];
  for (let from = 0; from < ids.length; from += BATCHES_PER_READ) {
    const page = ids.slice(from, from + BATCHES_PER_READ);
    for (const batch of await readBatchesToOpen(client, tenantId, page, size)) {
      const leaf = batch.leafIndex;
      const slices = slicesOf.get(batch.batchId) ?? [];
      const close = (reason: Redaction['reason']): void =>
        to.closed({ leaf, field: 'batch', reason, by: null });
      if (!withContent) close('not_asked');
      else if (batch.salt === null) close('not_kept');
      else if (slices.length !== batch.received) close('other_subjects');
      else {
        const content = await readSlices(spool, slices);
        // Received bytes are short-lived: once content was cut out of them they are not what was hashed.
        if (!commitment(batch.salt, content).equals(await digestOf(client, tenantId, leaf)))
          close('not_kept');
        else await to.opened({ leaf, field: 'batch', salt: batch.salt, content });
      }
    }
  }
}

async function digestOf(client: Client, tenantId: bigint, leafIndex: number): Promise<Buffer> {
  const wanted = { kinds: [], subjectIds: [], indexes: [leafIndex] };
  const [leaf] = await readLeavesAbout(client, tenantId, wanted, leafIndex + 1);
  const { digest }: { readonly digest: string } = JSON.parse(leaf!.entry.toString());
  return Buffer.from(digest, 'hex');
}

/** Each span's bytes after their length in four, in wire order: what the digest was taken over. */
async function readSlices(spool: Spool, slices: readonly SpanSlice[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const { at, length } of [...slices].sort((a, b) => a.position - b.position)) {
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(length);
    parts.push(prefix, await spool.read(at, length));
  }
  return Buffer.concat(parts);
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) push(groups, keyOf(item), item);
  return groups;
}

function push<Item, Key>(groups: Map<Key, Item[]>, key: Key, item: Item): void {
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
