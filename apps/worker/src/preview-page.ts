import { chargesOf, sumMoves } from '#ledger';
import type { LedgerTransaction, TraceId } from '#model';
import {
  inRolledBackTransaction,
  readShadowedFact,
  recordPreviewRule,
  shadowWorkTables,
  type CauseDelta,
  type Client,
  type OpenCause,
  type OpenPreview,
  type PreviewNaming,
} from '#store';
import { allocatePools, monthsAllocated } from './allocate-pools.ts';
import { isRuleKind, needsSteps, readCausePage } from './cause-pages.ts';
import { deltasOf } from './deltas-of.ts';
import { postToRest, type PostedToRest } from './post-to-rest.ts';
import { previewBill } from './preview-bills.ts';
import { posterOf, type PostParts } from './post-traces.ts';
import { connectedTo, type SeededPage } from './preview-seeds.ts';
import type { NormaliseParts } from './read-trace.ts';
import { AFTER_SCAN, findNamings, isScanning } from './find-namings.ts';
import type { Rulebooks } from './tenant-rules.ts';
import { touchedByFact } from './touched-by-fact.ts';

/** What a page of a preview found; nothing of it is stored yet. */
export interface PreviewPage {
  /** Where the next page begins; null = this one is the last. */
  readonly cursor: string | null;
  readonly traces: number;
  /** Passed over, because they cannot be worked. */
  readonly failed: number;
  readonly deltas: readonly CauseDelta[];
  readonly moved: ReturnType<typeof sumMoves>;
  /** Change of charges by asset that would be posted without the rule, too. */
  readonly otherwise: Readonly<Record<string, string>>;
  readonly marks: readonly string[];
  readonly namings: readonly PreviewNaming[];
  /** The rule says what is said already. */
  readonly isNothing: boolean;
}

export interface PreviewPageOptions {
  readonly pageSize: number;
  readonly traceSpans: number;
  readonly lockTimeoutMs: number;
  readonly isStopping: () => boolean;
  /** Its traces cannot be worked: they are counted and left out. */
  readonly isPassedOver: boolean;
}

export type PreviewParts = NormaliseParts &
  PostParts & {
    /** Rulebooks for this preview alone: what they hold is not in force. */
    readonly supposed: Rulebooks;
  };

interface Turn {
  readonly client: Client;
  readonly parts: PreviewParts;
  readonly options: PreviewPageOptions;
  readonly cause: OpenCause;
  readonly preview: OpenPreview;
}

/** The last page of a preview, that found nothing. */
export const NOTHING: PreviewPage = {
  cursor: null,
  traces: 0,
  failed: 0,
  deltas: [],
  moved: sumMoves([], new Set()),
  otherwise: {},
  marks: [],
  namings: [],
  isNothing: false,
};

/**
 * Works one page of a preview through: records the rule as a real one is recorded, posts what it touches by the
 * functions that post, sums the difference to what would be posted without it, and rolls everything back.
 *
 * @throws RejectedInput where the rule can no longer be recorded, or more hangs together than can be worked at once;
 *   55P03 or 40001 where somebody else was at the same traces; Stopping
 */
export function previewPage(
  parts: PreviewParts,
  options: PreviewPageOptions,
  cause: OpenCause,
  preview: OpenPreview,
): Promise<PreviewPage> {
  return inRolledBackTransaction(parts.db, options.lockTimeoutMs, async (nested, client) => {
    await shadowWorkTables(client);
    const turn: Turn = { client, parts: { ...parts, db: nested }, options, cause, preview };
    if (preview.rule.type === 'link') return pageOfLink(turn, preview.rule.traces);
    return movesBills(preview) ? pageOfBills(turn) : pageOfRule(turn);
  });
}

/** The decision of a person names its traces. */
async function pageOfLink(turn: Turn, named: readonly { traceId: TraceId }[]): Promise<PreviewPage> {
  const { client, parts, cause } = turn;
  const traceIds = named.map(({ traceId }) => traceId);
  const before = await post(turn, parts, { traceIds, refs: [] });
  if (!(await suppose(turn))) return { ...NOTHING, isNothing: true };
  const fact = await readShadowedFact(client);
  const touched = await touchedByFact(client, { ...fact, id: 0n, tenantId: cause.tenantId, attempts: 0 });
  const after = await post(turn, { ...parts, rulebooks: parts.supposed }, touched);
  return { ...NOTHING, ...sumsOf(before, after), traces: traceIds.length };
}

/** Rates are read where a bill is compared, and nowhere else in the books. */
const movesBills = ({ rule }: OpenPreview): boolean =>
  rule.type === 'fx_rates' || (rule.type === 'setting' && rule.table === 'policies' && rule.name === 'fx');

async function pageOfBills(turn: Turn): Promise<PreviewPage> {
  const { client, parts, cause } = turn;
  const supposed = { ...parts, rulebooks: parts.supposed };
  let isNothing = false;
  const { cursor, before, after } = await previewBill(
    client,
    cause,
    cause.cursor,
    parts,
    supposed,
    async () => {
      isNothing = !(await suppose(turn));
    },
  );
  const asPosted = (transactions: readonly LedgerTransaction[]): PostedToRest => ({
    transactions: [...transactions],
    attempts: [],
    traceIds: new Set(),
  });
  if (isNothing) return { ...NOTHING, isNothing };
  return { ...NOTHING, ...sumsOf(asPosted(before), asPosted(after)), cursor };
}

async function pageOfRule(turn: Turn): Promise<PreviewPage> {
  const { client, parts, options, cause } = turn;
  // Read before the rule is there: of the two passes only the second one knows it.
  const standing = await parts.rulebooks.read(client, cause.tenantId);
  const known = { ...parts, rulebooks: { read: () => Promise.resolve(standing) } };
  const supposed = { ...parts, rulebooks: parts.supposed };
  if (!(await suppose(turn))) return { ...NOTHING, isNothing: true };
  const fact = await readShadowedFact(client);
  if (!isRuleKind(fact.kind)) throw new TypeError(`no rule is of the kind ${fact.kind}`);
  const rule: OpenCause = { ...cause, kind: fact.kind, detail: fact.detail };
  if (turn.preview.rule.type === 'setting' && fact.kind === 'policy' && turn.preview.rule.name === 'pools') {
    const before = await allocate(turn, known);
    return { ...NOTHING, ...sumsOf(before, await allocate(turn, supposed)) };
  }
  if (isScanning(rule)) return { ...NOTHING, ...(await findNamings(client, supposed, options, rule)) };
  const seeded = await seededPage(client, options, rule);
  const { cursor, marks, traceIds } = seeded;
  if (options.isPassedOver) return { ...NOTHING, cursor, failed: traceIds.length };
  const before = await post(turn, known, seeded);
  // Under the cause it will have: codes depend on it.
  const asRule = { ...turn, cause: { ...cause, causeId: fact.cause } };
  const after = await post(asRule, supposed, seeded, needsSteps(rule));
  return { ...NOTHING, ...sumsOf(before, after), cursor, marks, traces: traceIds.length };
}

/** Records the rule. @returns false where it says what is said already */
function suppose({ client, cause, preview }: Turn): Promise<boolean> {
  return recordPreviewRule(client, cause.tenantId, preview.rule, {
    principalId: preview.requestedBy,
    previewId: cause.causeId,
    atUs: preview.requestedAtUs,
  });
}

function post(
  { client, cause, options }: Turn,
  parts: NormaliseParts & PostParts,
  { traceIds, refs }: Pick<SeededPage, 'traceIds' | 'refs'>,
  renormalise = false,
): Promise<PostedToRest> {
  const { traceSpans, isStopping } = options;
  return postToRest(client, parts, cause, { traceIds, refs, renormalise, traceSpans, isStopping });
}

/** The months whose pools are divided again by themselves. */
async function allocate({ client, cause }: Turn, parts: PostParts): Promise<PostedToRest> {
  const transactions = [];
  const poster = await posterOf(client, parts, cause.tenantId);
  for (const month of monthsAllocated(parts.nowUs()))
    transactions.push(...(await allocatePools(client, poster, month, cause.causeId)));
  return { transactions, attempts: [], traceIds: new Set() };
}

/** A page of what the rule touches, with everything that what is posted for it may depend on. */
async function seededPage(
  client: Client,
  { pageSize }: PreviewPageOptions,
  rule: OpenCause,
): Promise<SeededPage> {
  const isAfterScan = rule.cursor.startsWith(AFTER_SCAN);
  const at = isAfterScan ? { ...rule, cursor: rule.cursor.slice(AFTER_SCAN.length) } : rule;
  const page = await readCausePage(client, at, pageSize);
  const cursor = page.cursor !== null && isAfterScan ? AFTER_SCAN + page.cursor : page.cursor;
  // What a call costs depends on no other trace.
  if (rule.kind === 'price.book') return { ...page, cursor, marks: [] };
  return { ...(await connectedTo(client, rule, page)), cursor };
}

function sumsOf(
  before: PostedToRest,
  after: PostedToRest,
): Pick<PreviewPage, 'deltas' | 'moved' | 'otherwise'> {
  return {
    deltas: deltasOf(after),
    moved: sumMoves(after.transactions, after.traceIds),
    otherwise: chargesOf(before.transactions),
  };
}
