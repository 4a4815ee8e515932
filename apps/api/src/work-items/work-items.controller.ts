import { formatPico, OUTCOME_TIERS, RejectedInput, toRef, USD_PICO, type Ref } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  inTenantSnapshot,
  listWorkItems,
  readAttemptsOf,
  readBookRows,
  readCandidateCosts,
  readLinkDecisions,
  readLinksOf,
  readOutcomesOf,
  readPostedHistory,
  readPricesById,
  readWorkItem,
  type Client,
  type CostedAttemptPart,
  type WorkItemRow,
} from '#store';
import { Controller, Get, Inject, Param, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { DecisionView, LinkView } from '../links/link-bodies.ts';
import { toDecisionView, toLinkView } from '../links/link-views.ts';
import { OutcomeView, toOutcomeView } from '../outcomes/outcome-views.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { decodeCursor, encodeCursor, Instant, Money, PageSize } from '../wire.ts';
import { MODEL_ALIASES } from '../settings/kept-books.ts';
import { ExplainedCostLine, explainCost } from './explain-cost.ts';
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
const CostQuery = PageQuery.extend({
  history: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'true: also the links that were superseded or withdrawn' }),
});
const RefCursor = z.tuple([z.string().max(1024)]);
const PlaceCursor = z.tuple([
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
]);
const Text = z.string().min(1).max(512);

const CostExplanation = z
  .object({
    kind: z.string(),
    key: z.string(),
    costUsd: Money.nullable().meta({
      description:
        'What stands posted on the work item: the lines in USD of all pages sum to it; null where no call of it is priced',
    }),
    lineCount: z.int(),
    lines: z.array(ExplainedCostLine),
    unpricedCalls: z.int(),
    callsWithoutUsage: z.int(),
    callsBilledElsewhere: z.int().meta({
      description:
        'Calls in its traces of which the span that is billed is in another trace, answers served again among them: ' +
        'they cost this item nothing, and the trail names the spans that are billed',
    }),
    outcomes: z.array(OutcomeView).meta({ description: 'The events that decided where the cost sits' }),
    candidates: z
      .array(LinkView)
      .meta({ description: 'Links too doubtful to book: cost that may be its as well' }),
    decisions: z.array(DecisionView).meta({ description: 'What people decided about its links' }),
    linkHistory: z
      .array(LinkView)
      .nullable()
      .meta({ description: 'With history=true: every link there was, oldest first' }),
    next: z.string().nullable(),
  })
  .meta({ id: 'CostExplanation' });

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
  })
  @ApiResponse({ status: 200, standardSchema: CostExplanation })
  async cost(
    @Param('kind', { schema: Text }) kind: string,
    @Param('key', { schema: Text }) key: string,
    @Query({ schema: CostQuery }) query: z.infer<typeof CostQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof CostExplanation>> {
    return this.ofItem(tenantId, kind, key, async (client, { ref }) => {
      const { parts, traceIds, steps, balances } = await readWorkItemEvidence(client, tenantId, ref);
      const priceIds = [...new Set(balances.flatMap(({ priceId }) => priceId ?? []))];
      const prices = await readPricesById(client, tenantId, priceIds);
      const links = await readLinksOf(client, tenantId, null, ref, query.history === 'true');
      const standing = links.filter(
        ({ state, supersededBy }) => state !== 'withdrawn' && supersededBy === null,
      );
      const linkTraces = [...new Set([...traceIds, ...links.map(({ traceId }) => traceId)])];
      const lines = explainCost({
        ref,
        balances,
        steps,
        history: await readPostedHistory(client, tenantId, traceIds, ref),
        prices: new Map(prices.map(({ priceId, rule }) => [priceId, rule])),
        aliases: await readBookRows(client, tenantId, MODEL_ALIASES),
        links: standing,
      });
      const costPico = parts.reduce((sum, part) => sum + part.costPico, 0n);
      const explainedPico = balances
        .filter(({ workItemRef, asset }) => workItemRef === ref && asset === USD_PICO)
        .reduce((sum, { amount }) => sum + amount, 0n);
      if (explainedPico !== costPico)
        throw new Error(`the lines of ${ref} sum to ${explainedPico}, its positions to ${costPico}`);
      return {
        kind,
        key,
        costUsd: isAnyKnown(parts) ? formatPico(costPico) : null,
        lineCount: lines.length,
        unpricedCalls: parts.reduce((sum, part) => sum + part.unpricedCalls, 0),
        callsWithoutUsage: parts.reduce((sum, part) => sum + part.callsWithoutUsage, 0),
        callsBilledElsewhere: new Set(
          steps.flatMap(({ traceId, mirrorOf }) =>
            mirrorOf === null || mirrorOf.traceId === traceId
              ? []
              : [`${traceId} ${mirrorOf.traceId} ${mirrorOf.spanId}`],
          ),
        ).size,
        outcomes: (await readOutcomesOf(client, tenantId, ref)).map(toOutcomeView),
        candidates: standing.filter(({ state }) => state !== 'booked').map(toLinkView),
        decisions: (await readLinkDecisions(client, tenantId, linkTraces))
          .filter(({ workItemRef }) => workItemRef === ref)
          .map(toDecisionView),
        linkHistory: query.history === 'true' ? links.map(toLinkView) : null,
        ...this.page('lines', lines, query),
      };
    });
  }

  @Get(':kind/:key/trail')
  @SerializeOptions({ schema: Trail })
  @ApiOperation({ summary: 'What was done, step by step, over all attempts' })
  @ApiResponse({ status: 200, standardSchema: Trail })
  async trail(
    @Param('kind', { schema: Text }) kind: string,
    @Param('key', { schema: Text }) key: string,
    @Query({ schema: PageQuery }) query: PageQuery,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Trail>> {
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

/** Whether anything of the cost is known: nothing but calls without usage or price is not 0. */
const isAnyKnown = (parts: readonly CostedAttemptPart[]): boolean =>
  parts.some(
    ({ modelCalls, unpricedCalls, callsWithoutUsage, costPico }) =>
      costPico !== 0n || modelCalls > unpricedCalls + callsWithoutUsage,
  );
