import { addPage, previewSummarySchema, type PreviewSummary } from '#ledger';
import { errorText, RejectedInput, Unavailable } from '#model';
import {
  addCauseDeltas,
  addMarks,
  addNamings,
  advanceCause,
  claimCause,
  endPreview,
  inTransaction,
  readOpenPreview,
  releaseCause,
  removeExpiredPreviews,
  saveSummary,
  sqlState,
  type OpenCause,
} from '#store';
import { Stopping } from './post-to-rest.ts';
import type { PostParts } from './post-traces.ts';
import { NOTHING as NO_PAGE, previewPage, type PreviewPage, type PreviewParts } from './preview-page.ts';
import type { NormaliseParts } from './read-trace.ts';
import { TenantRulebooks } from './tenant-rules.ts';

export interface PreviewsParts extends NormaliseParts, PostParts {
  readonly onPreviewFailure: (preview: OpenCause, error: unknown) => void;
}

export interface PreviewsOptions {
  /** Traces or work items a page begins with; what hangs together with them comes on top. */
  readonly pageSize: number;
  /** A page that takes longer may be worked by another worker as well, to the same end. */
  readonly leaseMs: number;
  readonly traceSpans: number;
}

/** Less than a second, after which PostgreSQL looks for deadlocks: the preview gives up before a posting would have to. */
const LOCK_TIMEOUT_MS = 400;
const WAIT_AFTER_CONFLICT_MS = 300;
const WAIT_AFTER_FAILURE_MS = 10_000;
/** No lock was to be had, a row changed meanwhile, a deadlock. */
const CONFLICTS = new Set(['55P03', '40001', '40P01']);
const NEVER = (): boolean => false;

/**
 * Works open previews through, oldest first, page by page. Each page is worked in a transaction that is rolled back;
 * only its sums are stored, with the place of the next one. Killed at any point a preview goes on from the last page.
 *
 * @returns pages worked; 0 = no preview could be moved on
 */
export async function workPreviews(
  parts: PreviewsParts,
  options: PreviewsOptions,
  isStopping: () => boolean = NEVER,
): Promise<number> {
  await inTransaction(parts.db, (client) => removeExpiredPreviews(client, parts.nowUs()));
  let pages = 0;
  for (;;) {
    const claimed = isStopping() ? null : await claimCause(parts.db, options.leaseMs, 'preview');
    if (claimed === null) return pages;
    try {
      pages += await workPreview(parts, options, claimed, isStopping);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      parts.onPreviewFailure(claimed, error);
      const message = errorText(error).slice(0, 2000);
      await releaseCause(parts.db, claimed, WAIT_AFTER_FAILURE_MS, message);
    }
  }
}

async function workPreview(
  parts: PreviewsParts,
  options: PreviewsOptions,
  claimed: OpenCause,
  isStopping: () => boolean,
): Promise<number> {
  const own = { ...parts, supposed: new TenantRulebooks() };
  let { pageSize } = options;
  let pages = 0;
  for (let at = claimed; ;) {
    const made = isStopping() ? 'stopping' : await makePage(own, { ...options, pageSize }, at, isStopping);
    if (made === 'conflict' && pageSize > 1) {
      // Somebody had one of these traces: fewer of them are less often in anybody's way.
      pageSize = Math.floor(pageSize / 2);
      continue;
    }
    if (made === 'conflict' || made === 'stopping') {
      await releaseCause(parts.db, at, made === 'conflict' ? WAIT_AFTER_CONFLICT_MS : 0, null);
      return pages;
    }
    const isMine = await savePage(parts, options, at, made);
    pages += 1;
    if (!isMine || made.cursor === null) return pages;
    at = { ...at, cursor: made.cursor };
    pageSize = Math.min(options.pageSize, pageSize * 2);
  }
}

type MadePage = PreviewPage & { readonly failure: string | null };

/** A page, or what keeps it from being made now. A trace that cannot be worked is passed over, and counted. */
async function makePage(
  parts: PreviewParts & PreviewsParts,
  options: PreviewsOptions,
  at: OpenCause,
  isStopping: () => boolean,
): Promise<MadePage | 'conflict' | 'stopping'> {
  const preview = await readOpenPreview(parts.db, at.tenantId, at.causeId);
  const page = { ...options, lockTimeoutMs: LOCK_TIMEOUT_MS, isStopping, isPassedOver: false };
  try {
    return { ...(await previewPage(parts, page, at, preview)), failure: null };
  } catch (error) {
    if (error instanceof Stopping) return 'stopping';
    if (error instanceof Unavailable) throw error;
    if (error instanceof RejectedInput) return { ...NO_PAGE, failure: error.message };
    const state = sqlState(error);
    if (state !== null && CONFLICTS.has(state)) return 'conflict';
    parts.onPreviewFailure(at, error);
    if (options.pageSize > 1) return makePage(parts, { ...options, pageSize: 1 }, at, isStopping);
    return { ...(await previewPage(parts, { ...page, isPassedOver: true }, at, preview)), failure: null };
  }
}

/**
 * Adds a page to what is summed and moves the preview past it, in one transaction.
 *
 * @returns false where another worker did: then the preview is its
 */
function savePage(
  parts: PreviewsParts,
  { leaseMs }: PreviewsOptions,
  at: OpenCause,
  page: MadePage,
): Promise<boolean> {
  const { tenantId, causeId } = at;
  const { cursor, traces, failed } = page;
  return inTransaction(parts.db, async (client) => {
    const nowUs = parts.nowUs();
    if (!(await advanceCause(client, at, { cursor, traces, failed, leaseMs, nowUs }))) return false;
    const { summary } = await readOpenPreview(client, tenantId, causeId);
    await addCauseDeltas(client, tenantId, causeId, page.deltas);
    await addMarks(client, tenantId, causeId, page.marks);
    await addNamings(client, tenantId, causeId, page.namings);
    const items = await addMarks(
      client,
      tenantId,
      causeId,
      page.moved.workItemRefs.map((ref) => `moved ${ref}`),
    );
    const sums: PreviewSummary = {
      ...addPage(previewSummarySchema.parse(summary), page.moved, page.otherwise, items.length),
      isNothing: page.isNothing,
      failure: page.failure,
    };
    await saveSummary(client, tenantId, causeId, JSON.stringify(sums));
    if (cursor === null) await endPreview(client, tenantId, causeId, nowUs);
    return true;
  });
}
