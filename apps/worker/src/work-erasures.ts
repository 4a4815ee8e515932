import { randomUUID } from 'node:crypto';
import { encodeLeaf, formatTimeUs } from '#evidence';
import { parseRef, toRef, type Ref, type TraceId } from '#model';
import { editLogRecord, editResource, editSpan } from '#otlp';
import {
  dropArchivesOf,
  eraseTold,
  finishErasure,
  holdErasure,
  inTransaction,
  insertEvidence,
  makeTracesDue,
  postErasedItems,
  readErasureScope,
  readOpenErasures,
  readRecordsOf,
  readRefOfSubject,
  readResourcesOf,
  removeContents,
  renewIds,
  replaceRecords,
  replaceResource,
  replaceSpanBytes,
  replaceWords,
  type Client,
  type ErasureScope,
  type KeyStore,
  type OpenErasure,
  type Replacement,
  type Database,
} from '#store';
import { parseStep } from '#trails';
import { z } from 'zod';
import { eraseEdit, eraseRecord, renameEdit, replacerOf, type ReplaceText } from './erase-edit.ts';
import { eraseReadings } from './erase-readings.ts';
import { erasedKeyOf } from './post-work-items.ts';
import { SpanReader, type ReceivedSpan } from './read-spans.ts';

export interface ErasureParts {
  readonly db: Database;
  readonly contentKeys: KeyStore;
  /** The worker's own, which keeps resources that may be renamed. */
  readonly spans: SpanReader;
  readonly nowUs: () => bigint;
  /** How long backups of the database, or of the keys, may live: nothing holds the content after that. */
  readonly backupDays: number;
  readonly onErasureFailure: (erasure: OpenErasure, error: unknown) => void;
  /** Told at each point as it is reached; for tests that die there. */
  readonly onPoint?: ((point: ErasurePoint) => Promise<void>) | undefined;
}

/** Where an erasure may be interrupted; up to `leaf written` all but the keys is undone with the transaction. */
export const ERASURE_POINTS = [
  'held',
  'keys destroyed',
  'told erased',
  'archives dropped',
  'contents removed',
  'spans cut',
  'words replaced',
  'leaf written',
  'committed',
] as const;
export type ErasurePoint = (typeof ERASURE_POINTS)[number];

const DAY_US = 86_400_000_000n;
const PER_TURN = 10;
/** Traces whose spans are in memory at once. */
const TRACES_PER_PAGE = 50;

const storedScope = z.union([
  z.object({ workItem: z.object({ kind: z.string(), key: z.string() }) }),
  z.object({ customer: z.object({ attribute: z.string(), value: z.string() }) }),
  z.object({ subject: z.string() }),
]);

/**
 * Carries out what was approved: destroys the keys first, then removes, in one transaction, what is left in the database,
 * and says so in a leaf. Interrupted at any point it is begun again and comes to the same end.
 *
 * @returns how many were carried out
 */
export async function workErasures(parts: ErasureParts): Promise<number> {
  let done = 0;
  for (const erasure of await readOpenErasures(parts.db, PER_TURN)) {
    try {
      if (await inTransaction(parts.db, (client) => erase(parts, client, erasure))) done += 1;
      await parts.onPoint?.('committed');
      parts.spans.forget();
    } catch (error) {
      parts.onErasureFailure(erasure, error);
    }
  }
  return done;
}

async function erase(parts: ErasureParts, client: Client, erasure: OpenErasure): Promise<boolean> {
  const { tenantId, erasureId } = erasure;
  if (!(await holdErasure(client, tenantId, erasureId))) return false;
  await parts.onPoint?.('held');
  const { scope, words, renamed } = await readScope(client, erasure);
  const refs = scope.items.map(({ ref }) => ref);
  const subjects = [
    ...scope.items.flatMap(({ subjectId }) => subjectId ?? []),
    ...scope.traceIds.map(uuidOf),
  ];
  await parts.contentKeys.destroy(tenantId, subjects);
  const keyDestroyedAtUs = parts.nowUs();
  await parts.onPoint?.('keys destroyed');
  const told = await eraseTold(client, tenantId, refs, scope.traceIds, words);
  await parts.onPoint?.('told erased');
  await dropArchivesOf(client, tenantId);
  await parts.onPoint?.('archives dropped');
  const contents = await removeContents(client, tenantId, scope.traceIds, subjects, refs);
  await parts.onPoint?.('contents removed');
  const cut = await cutTraces(
    client,
    tenantId,
    scope.traceIds,
    new Set(subjects),
    replacerOf(words),
    keyDestroyedAtUs,
  );
  await eraseReadings(client, tenantId, scope.traceIds, replacerOf(words));
  await parts.onPoint?.('spans cut');
  await renewIds(client, tenantId, refs);
  await replaceWords(client, tenantId, words);
  await parts.onPoint?.('words replaced');
  const counts = { workItems: refs.length, traces: scope.traceIds.length, contents, told, ...cut };
  const surrogates = scope.items.flatMap(({ surrogateId }) => surrogateId ?? []);
  const doneAtUs = parts.nowUs();
  const backupsClearAfterUs = doneAtUs + BigInt(parts.backupDays) * DAY_US;
  await finishErasure(client, tenantId, {
    erasureId,
    subjects,
    surrogates,
    counts: JSON.stringify(counts),
    doneAtUs,
    backupsClearAfterUs,
  });
  const leaf = encodeLeaf('erasure', doneAtUs, {
    erasure: erasureId,
    state: 'done',
    basis: erasure.basis,
    workItems: surrogates.slice(0, IDS_IN_LEAF),
    subjects: subjects.slice(0, IDS_IN_LEAF),
    counts,
    requestedBy: erasure.requestedBy,
    approvedBy: erasure.approvedBy,
    keyDestroyedAt: formatTimeUs(keyDestroyedAtUs),
    backupsClearAfter: formatTimeUs(backupsClearAfterUs),
  });
  await insertEvidence(client, tenantId, [{ kind: 'erasure', subjectId: erasureId, body: leaf }], doneAtUs);
  await makeTracesDue(
    client,
    tenantId,
    scope.traceIds.map((traceId) => ({ traceId, cause: `erasure:${erasureId}`, renormalise: true })),
  );
  await postErasedItems(client, tenantId, renamed, `erasure:${erasureId}`, doneAtUs);
  await parts.onPoint?.('leaf written');
  return true;
}

/** A leaf is bounded; all ids stand with the erasure, and their number in the counts. */
const IDS_IN_LEAF = 200;

/** What belongs to the subject, the words that name it, and the refs that its work items have from then on. */
async function readScope(
  client: Client,
  { tenantId, erasureId, scope: asked }: OpenErasure,
): Promise<{ scope: ErasureScope; words: Replacement[]; renamed: Ref[] }> {
  const parsed = storedScope.parse(asked);
  const scope = await scopeOf(client, tenantId, parsed);
  const renamed: Ref[] = [];
  const words = scope.items.map((item): Replacement => {
    // Of what no work item was made nothing is posted, and nothing has to be found again.
    if (item.surrogateId === null)
      return { word: item.key, by: `erased-${randomUUID().replaceAll('-', '')}` };
    const by = erasedKeyOf(item);
    renamed.push(toRef(parseRef(item.ref).kind, tenantId, by));
    return { word: item.key, by };
  });
  if ('customer' in parsed) {
    const { attribute, value } = parsed.customer;
    words.push({ word: value, by: 'erased' });
    // As the traces that carry it are known by it.
    words.push({ word: `${attribute}=${value}`, by: `${attribute}=erased-${erasureId}` });
  }
  // Longer words first: one may stand within another.
  return { scope, renamed, words: words.sort((a, b) => b.word.length - a.word.length) };
}

async function scopeOf(
  client: Client,
  tenantId: bigint,
  asked: z.infer<typeof storedScope>,
): Promise<ErasureScope> {
  if ('workItem' in asked) {
    const { kind, key } = asked.workItem;
    return readErasureScope(client, tenantId, [toRef(kind, tenantId, key)], [], false);
  }
  if ('customer' in asked) {
    const { attribute, value } = asked.customer;
    return readErasureScope(
      client,
      tenantId,
      [toRef('customer', tenantId, `${attribute}=${value}`)],
      [],
      true,
    );
  }
  const ref: Ref | null = await readRefOfSubject(client, tenantId, asked.subject);
  return ref === null
    ? readErasureScope(client, tenantId, [], [asked.subject.replaceAll('-', '')], false)
    : readErasureScope(client, tenantId, [ref], [], false);
}

/** Cuts the spans whose content is about an erased subject, and takes the words out of all others of the traces. */
async function cutTraces(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  subjects: ReadonlySet<string>,
  replace: ReplaceText,
  nowUs: bigint,
): Promise<{ spans: number; batches: number; steps: number }> {
  const counts = { spans: 0, batches: 0, steps: 0 };
  const reader = new SpanReader();
  for (let start = 0; start < traceIds.length; start += TRACES_PER_PAGE) {
    const page = traceIds.slice(start, start + TRACES_PER_PAGE);
    const records = await readRecordsOf(client, tenantId, page);
    const others = new Set(
      records.flatMap(({ record }) => {
        const { commitments, spanId, traceId } = parseStep(record);
        return commitments === undefined || subjects.has(commitments.subject) ? [] : [`${traceId} ${spanId}`];
      }),
    );
    const received = [...(await reader.read(client, tenantId, page)).values()].flat();
    const edited = received.map((one) => cutSpan(one, others, replace)).filter((one) => one !== null);
    const replaced = await replaceSpanBytes(client, tenantId, edited, nowUs);
    const erased = records.map((row) => ({ ...row, record: eraseRecord(row.record, replace) }));
    await replaceRecords(client, tenantId, erased);
    await renameResources(client, tenantId, received, replace);
    counts.spans += replaced.spans;
    counts.batches += replaced.batches;
    counts.steps += erased.length;
  }
  return counts;
}

function cutSpan({ stored, span, log }: ReceivedSpan, others: ReadonlySet<string>, replace: ReplaceText) {
  const edit = others.has(`${stored.traceId} ${stored.spanId}`) ? renameEdit(replace) : eraseEdit(replace);
  const bytes = log === null ? editSpan(stored.bytes, edit) : editLogRecord(stored.bytes, span.name, edit);
  const renamed = replace(span.name);
  const name = renamed === span.name ? null : renamed;
  if (bytes === stored.bytes && name === null) return null;
  const startedAtUs = (log === null ? span.startedAtNs : log.timeNs) / 1000n;
  return { traceId: stored.traceId, spanId: stored.spanId, startedAtUs, name, bytes };
}

async function renameResources(
  client: Client,
  tenantId: bigint,
  received: readonly ReceivedSpan[],
  replace: ReplaceText,
): Promise<void> {
  const ids = [...new Set(received.map(({ stored }) => stored.resourceId))];
  for (const { resourceId, bytes } of await readResourcesOf(client, tenantId, ids)) {
    const edited = editResource(bytes, renameEdit(replace));
    if (edited !== bytes) await replaceResource(client, tenantId, resourceId, edited);
  }
}

const uuidOf = (traceId: TraceId): string =>
  traceId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
