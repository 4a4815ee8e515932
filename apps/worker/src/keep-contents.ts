import {
  contentPolicySchema,
  CONTENT_CLASSES,
  CUT_CONTENT,
  SHIPPED_CONTENT_POLICY,
  type ContentPolicy,
} from '#conventions';
import { encodeLeaf } from '#evidence';
import type { TraceId } from '#model';
import { editLogRecord, editSpan } from '#otlp';
import {
  inTransaction,
  insertEvidence,
  listTenantIds,
  readContentPolicy,
  readCutThrough,
  readNewestSteps,
  readTracesReceived,
  removeExpiredContents,
  replaceSpanBytes,
  saveCutThrough,
  type Client,
  type CutSpan,
  type Database,
} from '#store';
import { parseStep } from '#trails';
import { SpanReader, type ReceivedSpan } from './read-spans.ts';

export interface KeepParts {
  readonly db: Database;
  readonly nowUs: () => bigint;
}

export interface KeptContents {
  /** Whose content was cut out of the received bytes. */
  readonly spans: number;
  /** Parts of encrypted content removed. */
  readonly contents: number;
}

const DAY_US = 86_400_000_000n;
const TRACES_PER_PAGE = 50;
const PARTS_PER_PAGE = 2_000;
const TRACES_PER_TURN = 20_000;

/**
 * Lets go of content as the policies say: cuts it out of received bytes after `receivedDays`, removes it encrypted after
 * `keepDays` of its class. Steps, costs and commitments stay; each turn that took anything away is a leaf.
 *
 * @param isStopping asked between pages
 */
export async function keepContents(parts: KeepParts, isStopping: () => boolean): Promise<KeptContents> {
  const sum = { spans: 0, contents: 0 };
  for (const tenantId of await listTenantIds(parts.db)) {
    if (isStopping()) break;
    const kept = await keepOfTenant(parts, tenantId, isStopping);
    sum.spans += kept.spans;
    sum.contents += kept.contents;
  }
  return sum;
}

async function keepOfTenant(
  parts: KeepParts,
  tenantId: bigint,
  isStopping: () => boolean,
): Promise<KeptContents> {
  const nowUs = parts.nowUs();
  const set = await readContentPolicy(parts.db, tenantId, nowUs);
  const policy = set === null ? SHIPPED_CONTENT_POLICY : contentPolicySchema.parse(set.rule);
  const version = `content@${set?.version ?? 0}`;
  const contents = await expireContents(parts, tenantId, policy, version, isStopping);
  const spans =
    policy.receivedDays === null
      ? 0
      : await cutReceived(parts, tenantId, policy.receivedDays, version, isStopping);
  return { spans, contents };
}

async function expireContents(
  parts: KeepParts,
  tenantId: bigint,
  { keepDays }: ContentPolicy,
  version: string,
  isStopping: () => boolean,
): Promise<number> {
  const nowUs = parts.nowUs();
  const before = new Map(
    CONTENT_CLASSES.flatMap((name): [string, bigint][] => {
      const days = keepDays.byClass[name] ?? keepDays.default;
      return days === null ? [] : [[name, nowUs - BigInt(days) * DAY_US]];
    }),
  );
  let removed = 0;
  while (before.size > 0 && !isStopping()) {
    const page = await inTransaction(parts.db, async (client) => {
      const contents = await removeExpiredContents(client, tenantId, before, PARTS_PER_PAGE);
      await note(client, tenantId, nowUs, version, { spans: 0, batches: 0, contents });
      return contents;
    });
    removed += page;
    if (page < PARTS_PER_PAGE) break;
  }
  return removed;
}

async function cutReceived(
  parts: KeepParts,
  tenantId: bigint,
  receivedDays: number,
  version: string,
  isStopping: () => boolean,
): Promise<number> {
  const nowUs = parts.nowUs();
  const beforeUs = nowUs - BigInt(receivedDays) * DAY_US;
  let cut = 0;
  for (;;) {
    const fromUs = await readCutThrough(parts.db, tenantId);
    const due = await readTracesReceived(parts.db, tenantId, fromUs, beforeUs, TRACES_PER_TURN);
    for (let start = 0; start < due.length; start += TRACES_PER_PAGE) {
      if (isStopping()) return cut;
      const page = due.slice(start, start + TRACES_PER_PAGE).map(({ traceId }) => traceId);
      cut += await inTransaction(parts.db, (client) => cutTraces(client, tenantId, page, version, nowUs));
    }
    const isEnd = due.length < TRACES_PER_TURN;
    await saveCutThrough(parts.db, tenantId, isEnd ? beforeUs : due.at(-1)!.lastReceivedAtUs);
    if (isEnd) return cut;
  }
}

/** Only what is kept encrypted elsewhere, or was never assembled into a step that holds content, is cut. */
async function cutTraces(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  version: string,
  nowUs: bigint,
): Promise<number> {
  if (traceIds.length === 0) return 0;
  const steps = await readNewestSteps(client, tenantId, traceIds);
  const sealed = new Set(
    steps.flatMap(({ traceId, spanId, record }) =>
      parseStep(record).commitments === undefined ? [] : [`${traceId} ${spanId}`],
    ),
  );
  const received = [...(await new SpanReader().read(client, tenantId, traceIds)).values()].flat();
  const edited = received
    .filter(({ stored }) => sealed.has(`${stored.traceId} ${stored.spanId}`))
    .flatMap(cutSpan);
  if (edited.length === 0) return 0;
  const { spans, batches } = await replaceSpanBytes(client, tenantId, edited, nowUs);
  await note(client, tenantId, nowUs, version, { spans, batches, contents: 0 });
  return spans;
}

function cutSpan({ stored, span, log }: ReceivedSpan): CutSpan[] {
  const bytes =
    log === null ? editSpan(stored.bytes, CUT_CONTENT) : editLogRecord(stored.bytes, span.name, CUT_CONTENT);
  if (bytes === stored.bytes) return [];
  const startedAtUs = (log === null ? span.startedAtNs : log.timeNs) / 1000n;
  return [{ traceId: stored.traceId, spanId: stored.spanId, startedAtUs, name: null, bytes }];
}

async function note(
  client: Client,
  tenantId: bigint,
  atUs: bigint,
  policy: string,
  counts: { spans: number; batches: number; contents: number },
): Promise<void> {
  if (counts.spans + counts.contents === 0) return;
  const leaf = encodeLeaf('erasure', atUs, { state: 'expired', policy, counts });
  await insertEvidence(client, tenantId, [{ kind: 'erasure', subjectId: policy, body: leaf }], atUs);
}
