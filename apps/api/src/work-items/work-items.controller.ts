import { OUTCOME_TIERS, RejectedInput, toRef, type Ref } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  inTenantSnapshot,
  listWorkItems,
  readAttemptsOf,
  readCandidateCosts,
  readOutcomesOf,
  readWorkItem,
  type Client,
  type WorkItemRow,
} from '#store';
import { Controller, Get, Inject, Param, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { OutcomeView, toOutcomeView } from '../outcomes/outcome-views.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { pastBooks } from '../reports/past-books.ts';
import { decodeCursor, encodeCursor, Instant, LogSize, PageSize } from '../wire.ts';
import { ONLY_NOW, PAST_TO_REFUSE, refusePast } from './refuse-past.ts';
import { CostExplanation, explainWorkItem } from './explain-work-item.ts';
import { readWorkItemEvidence, resolveTraces } from './read-work-item-evidence.ts';
import { trailOf, TrailStep } from './trail-of.ts';
import {
  AttemptView,
  groupAttempts,
  partsByRef,
  toAttemptView,
  toWorkItemDetail,
  toWorkItemView,
  WorkItemDetail,
  WorkItemPage,
} from './work-item-views.ts';

const WorkItemQuery = z.object({
  kind: z.string().optional(),
  phase: z
    .enum(['open', 'achieved', 'failed', 'cancelled', 'expired', 'merged', 'split', 'maturing'])
    .optional()
    .meta({ description: 'maturing: achieved, and still within the waiting window' }),
  tier: z.enum(OUTCOME_TIERS).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  cursor: z.string().optional(),
  limit: PageSize,
});
const PageQuery = z.object({ cursor: z.string().optional(), limit: PageSize });
type PageQuery = z.infer<typeof PageQuery>;
/** What is answered as it stands now alone: asked for the past, it must not answer of today. */
const TrailQuery = PageQuery.extend(PAST_TO_REFUSE);
const CostQuery = PageQuery.extend({
  history: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'true: also the links that were superseded or withdrawn' }),
  size: LogSize.optional().meta({ description: 'As it stood at this size of the evidence log' }),
  as_of: Instant.optional().meta({
    description: 'As it stood then: at the newest settled size of the log that was sealed by then',
  }),
});
const RefCursor = z.tuple([z.string().max(1024)]);
const PlaceCursor = z.tuple([
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
]);
const Text = z.string().min(1).max(512);

const Trail = z
  .object({
    kind: z.string(),
    key: z.string(),
    phase: z.string(),
    stepCount: z.int(),
    attempts: z.array(AttemptView),
    steps: z.array(TrailStep),
    outcomes: z.array(OutcomeView),
    next: z.string().nullable(),
  })
  .meta({ id: 'Trail' });

@ApiTags('work items')
@Controller('v1/work-items')
@RequireRole('analyst', 'auditor')
export class WorkItemsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @SerializeOptions({ schema: WorkItemPage })
  @ApiOperation({
    summary: 'Work items with their state and cost',
    description: 'from and to: when the phase last changed, else the first attempt.',
  })
  @ApiResponse({ status: 200, standardSchema: WorkItemPage })
  async list(
    @Query({ schema: WorkItemQuery }) query: z.infer<typeof WorkItemQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof WorkItemPage>> {
    const { kind, phase, tier, from, to, cursor } = query;
    const nowUs = this.api.nowUs();
    const limit = pageSizeOf(this.api.limits, query.limit);
    const afterRef = cursor === undefined ? undefined : decodeCursor(cursor, RefCursor)[0];
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const filter = { kind, phase, tier, nowUs, fromUs: from, toUs: to, afterRef, limit: limit + 1 };
      const found = await listWorkItems(client, tenantId, filter);
      const { rows: items, next } = pageOf(found, limit, ({ ref }) => [ref]);
      const refs = items.map(({ ref }) => ref);
      const parts = partsByRef(await readAttemptsOf(client, tenantId, refs));
      const candidates = new Map(
        (await readCandidateCosts(client, tenantId, refs)).map((row) => [row.ref, row]),
      );
      return {
        items: items.map((item) =>
          toWorkItemView(item, parts.get(item.ref) ?? [], nowUs, candidates.get(item.ref)),
        ),
        next,
      };
    });
  }

  @Get(':kind/:key')
  @SerializeOptions({ schema: WorkItemDetail })
  @ApiOperation({ summary: 'One work item: state, cost, attempts and outcome events' })
  @ApiResponse({ status: 200, standardSchema: WorkItemDetail })
  async read(
    @Param('kind', { schema: Text }) kind: string,
    @Param('key', { schema: Text }) key: string,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof WorkItemDetail>> {
    return this.ofItem(tenantId, kind, key, async (client, item) =>
      toWorkItemDetail(
        item,
        await readAttemptsOf(client, tenantId, [item.ref]),
        await readOutcomesOf(client, tenantId, item.ref),
        this.api.nowUs(),
        (await readCandidateCosts(client, tenantId, [item.ref]))[0],
      ),
    );
  }

  @Get(':kind/:key/cost')
  @SerializeOptions({ schema: CostExplanation })
  @ApiOperation({
    summary: 'Why it cost that much: every call, price row, rule, link, posting and event behind the figure',
    description:
      'With size or as_of as it was known then, which is what a report of that size says of the item; the answer for one ' +
      'size stays the same.',
  })
  @ApiResponse({ status: 200, standardSchema: CostExplanation })
  async cost(
    @Param('kind', { schema: Text }) kind: string,
    @Param('key', { schema: Text }) key: string,
    @Query({ schema: CostQuery }) query: z.infer<typeof CostQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof CostExplanation>> {
    if (query.as_of !== undefined && query.size !== undefined)
      throw new RejectedInput('unprocessable', 'goes without size: give one', 'as_of');
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const past = await pastBooks(client, tenantId, query);
      const question = { kind, key, past, withHistory: query.history === 'true' };
      const { lines, ...explained } = await explainWorkItem(client, tenantId, question);
      return { ...explained, ...this.page('lines', lines, query) };
    });
  }

  @Get(':kind/:key/trail')
  @SerializeOptions({ schema: Trail })
  @ApiOperation({
    summary: 'What was done, step by step, over all attempts',
    description: `As it stands now: ${ONLY_NOW}`,
  })
  @ApiResponse({ status: 200, standardSchema: Trail })
  async trail(
    @Param('kind', { schema: Text }) kind: string,
    @Param('key', { schema: Text }) key: string,
    @Query({ schema: TrailQuery }) query: z.infer<typeof TrailQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Trail>> {
    refusePast(query);
    return this.ofItem(tenantId, kind, key, async (client, { ref, phase }) => {
      const { parts, steps, balances } = await readWorkItemEvidence(client, tenantId, ref);
      const trail = trailOf(ref, await resolveTraces(client, tenantId, steps), parts, balances);
      return {
        kind,
        key,
        phase,
        stepCount: trail.length,
        attempts: groupAttempts(parts).map(toAttemptView),
        outcomes: (await readOutcomesOf(client, tenantId, ref)).map(toOutcomeView),
        ...this.page('steps', trail, query),
      };
    });
  }

  private async ofItem<Result>(
    tenantId: bigint,
    kind: string,
    key: string,
    work: (client: Client, item: WorkItemRow) => Promise<Result>,
  ): Promise<Result> {
    const ref: Ref = toRef(kind, tenantId, key);
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const item = await readWorkItem(client, tenantId, ref);
      if (item === null) throw new RejectedInput('not_found', `there is no work item ${kind} ${key}`);
      return work(client, item);
    });
  }

  /** A page of a list that is whole in memory; the cursor is the place in it. */
  private page<Name extends string, Item>(
    name: Name,
    all: readonly Item[],
    query: PageQuery,
  ): Record<Name, Item[]> & { next: string | null } {
    const start = query.cursor === undefined ? 0 : decodeCursor(query.cursor, PlaceCursor)[0];
    const end =
      start + Math.min(query.limit ?? this.api.limits.pageSizeMaximum, this.api.limits.pageSizeMaximum);
    const page: Record<string, Item[]> = { [name]: all.slice(start, end) };
    return Object.assign(page, { next: end < all.length ? encodeCursor([String(end)]) : null });
  }
}
