import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { canonicalJson, encodeLeaf, merkleRoot } from '#evidence';
import { previewSummarySchema } from '#ledger';
import { RejectedInput, Unavailable } from '#model';
import { Caller, mayAct, RequireRole, type Principal } from '#server';
import {
  asTenant,
  decidePreview,
  insertPreview,
  inTenantSnapshot,
  listPreviews,
  readCauseDeltas,
  type CauseDelta,
  type PreviewRow,
} from '#store';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  SerializeOptions,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { chargesMoved } from '../ledger/cause-views.ts';
import { PriceBookQuery } from '../settings/price-book-bodies.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { CursorTime, CursorUuid, decodeCursor, PageSize } from '../wire.ts';
import { readPreviewRequest } from './read-preview-request.ts';
import { PreviewDetail, PreviewView, toPreviewDetail, toPreviewView } from './preview-views.ts';

const DecisionBody = z
  .strictObject({ decision: z.enum(['approved', 'declined']) })
  .meta({ id: 'PreviewDecision' });
const Previews = z
  .object({ items: z.array(PreviewView), next: z.string().nullable() })
  .meta({ id: 'Previews' });
const PageQuery = z.object({ cursor: z.string().optional(), limit: PageSize });
const Cursor = z.tuple([CursorTime, CursorUuid]);
/** Of a CSV price list, which cannot hold them. */
const CsvQuery = PriceBookQuery.pick({ book: true, source: true, mode: true });

const DAY_US = 86_400_000_000n;
/** Long enough for somebody else to look and decide; the books move on meanwhile. */
const VALID_US = 7n * DAY_US;
const MAX_OPEN = 10;
/** Who may record what each kind is about. */
const LINK_ROLES = ['analyst'] as const;
const RULE_ROLES = ['admin'] as const;

/** What a change of a rule or price would move, in money, before it is made; and the second principal's word on it. */
@ApiTags('previews')
@Controller('v1/previews')
export class PreviewsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @HttpCode(202)
  @RequireRole('analyst')
  @SerializeOptions({ schema: PreviewView })
  @ApiOperation({
    summary: 'Ask what a change of a rule or price would move, without making it',
    description:
      'The body is that of the endpoint that records the change, and refused as there. The worker posts what it ' +
      'touches page by page in transactions that are rolled back, and sums the difference. A price list as CSV ' +
      '(text/csv) names its book in the query. Recording the change with `previewId` makes sure that just this is ' +
      'recorded.',
  })
  @ApiConsumes('application/json', 'text/csv')
  @ApiBody({ schema: { $ref: '#/components/schemas/NewPreview' } })
  @ApiResponse({ status: 202, description: 'It is worked on', standardSchema: PreviewView })
  async ask(
    @Req() request: FastifyRequest,
    @Query({ schema: CsvQuery }) query: z.infer<typeof CsvQuery>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof PreviewView>> {
    const { tenantId } = caller;
    const nowUs = this.api.nowUs();
    const source = request.body instanceof Readable ? request.body : null;
    const { limits, version } = this.api;
    const asked = await readPreviewRequest(source ?? request.body, query, limits.bodyBytes, version);
    const roles = asked.kind === 'link' ? LINK_ROLES : RULE_ROLES;
    if (!mayAct(caller, roles))
      throw new RejectedInput('forbidden', `this needs a key with the role ${roles.join(' or ')}`);
    const previewId = randomUUID();
    const view = await asTenant(this.api.db, tenantId, async (client) => {
      const rule = await asked.ruleOf(client, caller, nowUs);
      const { kind, digest, body } = asked;
      const isOpen = await insertPreview(
        client,
        tenantId,
        {
          previewId,
          kind,
          digest,
          body,
          rule,
          requestedAtUs: nowUs,
          requestedBy: caller.principalId,
          keyId: caller.keyId,
          expiresAtUs: nowUs + VALID_US,
        },
        MAX_OPEN,
      );
      if (!isOpen)
        throw new Unavailable(`${MAX_OPEN} previews are being worked out already`, 10_000, 'overloaded');
      const [stored] = await listPreviews(client, tenantId, { previewId, limit: 1 });
      return toPreviewView(stored!, [], nowUs);
    });
    await this.api.wake('work-previews');
    return view;
  }

  @Get()
  @RequireRole('analyst', 'auditor', 'approver')
  @SerializeOptions({ schema: Previews })
  @ApiOperation({ summary: 'Previews, newest first' })
  @ApiResponse({ status: 200, standardSchema: Previews })
  list(
    @Query({ schema: PageQuery }) { cursor, limit: asked }: z.infer<typeof PageQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Previews>> {
    const limit = pageSizeOf(this.api.limits, asked);
    const place = cursor === undefined ? undefined : decodeCursor(cursor, Cursor);
    const after = place === undefined ? undefined : { requestedAtUs: place[0], previewId: place[1] };
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const found = await listPreviews(client, tenantId, { after, limit: limit + 1 });
      const items: z.infer<typeof PreviewView>[] = [];
      for (const preview of found.slice(0, limit)) {
        const deltas = await readCauseDeltas(client, tenantId, preview.previewId);
        items.push(toPreviewView(preview, deltas, this.api.nowUs()));
      }
      const page = pageOf(found, limit, (last) => [String(last.requestedAtUs), last.previewId]);
      return {
        items,
        next: page.next,
      };
    });
  }

  @Get(':previewId')
  @RequireRole('analyst', 'auditor', 'approver')
  @SerializeOptions({ schema: PreviewDetail })
  @ApiOperation({ summary: 'What a change would move, by every side; how far it is worked out' })
  @ApiResponse({ status: 200, standardSchema: PreviewDetail })
  one(
    @Param('previewId', { schema: z.guid() }) previewId: string,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof PreviewDetail>> {
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const [preview] = await listPreviews(client, tenantId, { previewId, limit: 1 });
      if (preview === undefined) throw new RejectedInput('not_found', `there is no preview ${previewId}`);
      return toPreviewDetail(preview, await readCauseDeltas(client, tenantId, previewId), this.api.nowUs());
    });
  }

  @Post(':previewId/decision')
  @RequireRole('approver')
  @SerializeOptions({ schema: PreviewDetail })
  @ApiOperation({
    summary: 'Approve or decline a change that another principal asked about',
    description: 'A change that restates the past is recorded only with a preview that was approved.',
  })
  @ApiResponse({ status: 201, standardSchema: PreviewDetail })
  decide(
    @Param('previewId', { schema: z.guid() }) previewId: string,
    @Body({ schema: DecisionBody }) { decision }: z.infer<typeof DecisionBody>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof PreviewDetail>> {
    const { tenantId, principalId } = caller;
    const decidedAtUs = this.api.nowUs();
    return asTenant(this.api.db, tenantId, async (client) => {
      const [asked] = await listPreviews(client, tenantId, { previewId, limit: 1 });
      if (asked === undefined) throw new RejectedInput('not_found', `there is no preview ${previewId}`);
      if (asked.requestedBy === principalId)
        throw new RejectedInput('forbidden', 'who asked for a preview does not decide about it');
      refuseUndecidable(asked, decidedAtUs);
      const deltas = await readCauseDeltas(client, tenantId, previewId);
      const isDecided = await decidePreview(client, tenantId, {
        previewId,
        decision,
        decidedAtUs,
        decidedBy: principalId,
        leaf: decisionLeaf(asked, deltas, decision, caller, decidedAtUs),
      });
      if (!isDecided) throw new RejectedInput('conflict', 'was decided before');
      const [decided] = await listPreviews(client, tenantId, { previewId, limit: 1 });
      return toPreviewDetail(decided!, deltas, decidedAtUs);
    });
  }
}

/** Only what can be read whole can be approved. */
function refuseUndecidable({ summary, doneAtUs, expiresAtUs }: PreviewRow, nowUs: bigint): void {
  const { failure } = previewSummarySchema.parse(summary);
  if (expiresAtUs <= nowUs) throw new RejectedInput('conflict', 'the preview is over');
  if (failure !== null) throw new RejectedInput('conflict', `it could not be worked out: ${failure}`);
  if (doneAtUs === null) throw new RejectedInput('conflict', 'it is not done yet');
}

/** What was approved: the request by its digest, and what it would move, by the root of the canonical sums. */
function decisionLeaf(
  { previewId, kind, digest, requestedBy, fromSize, toSize }: PreviewRow,
  deltas: readonly CauseDelta[],
  decision: string,
  { principalId, keyId }: Principal,
  decidedAtUs: bigint,
): Buffer {
  const rows = deltas.map(({ entries: _count, ...delta }) => Buffer.from(canonicalJson({ ...delta })));
  return encodeLeaf('preview', decidedAtUs, {
    preview: previewId,
    of: kind,
    digest: digest.toString('base64'),
    fromSize,
    toSize,
    deltas: { count: rows.length, root: merkleRoot(rows).toString('base64') },
    charges: chargesMoved(deltas),
    requestedBy,
    decision,
    decidedBy: principalId,
    key: keyId,
  });
}
