import { randomUUID } from 'node:crypto';
import { encodeLeaf } from '#evidence';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  decideAdjustment,
  insertAdjustment,
  listAdjustments,
  readReversible,
  type Adjustment,
} from '#store';
import { Body, Controller, Get, Inject, Param, Post, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { Day } from '../reports/report-query.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { CursorTime, CursorUuid, decodeCursor, formatWireTime, Json, PageSize, Time } from '../wire.ts';

const reason = z.string().trim().min(1).max(1000);
const WriteOffBody = z.strictObject({
  kind: z.literal('write_off'),
  fromDay: Day.nullable()
    .default(null)
    .meta({ description: 'First UTC usage day; null = from the beginning' }),
  toDay: Day.meta({ description: 'The cut-off: UTC usage day after the last one' }),
  provider: z.string().min(1).max(200).nullable().default(null),
  reasonCode: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and "_", as no_telemetry')
    .meta({ description: 'Names the account, as 5500:unattributable:no_telemetry' }),
  reason,
});
const ReversalBody = z.strictObject({
  kind: z.literal('reversal'),
  postingId: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits'),
  transactionId: z.guid(),
  reason,
});
const AdjustmentBody = z
  .discriminatedUnion('kind', [WriteOffBody, ReversalBody])
  .meta({ id: 'NewAdjustment' });
const DecisionBody = z
  .strictObject({ decision: z.enum(['approved', 'declined']) })
  .meta({ id: 'AdjustmentDecision' });
const View = z
  .object({
    adjustmentId: z.guid(),
    kind: z.enum(['write_off', 'reversal']),
    body: Json,
    reason: z.string(),
    requestedAt: Time,
    requestedBy: z.guid(),
    decision: z.enum(['approved', 'declined']).nullable(),
    decidedAt: Time.nullable(),
    decidedBy: z.guid().nullable(),
  })
  .meta({ id: 'Adjustment' });
const Page = z.object({ items: z.array(View), next: z.string().nullable() }).meta({ id: 'AdjustmentPage' });
const PageQuery = z.object({ cursor: z.string().optional(), limit: PageSize });
const Cursor = z.tuple([CursorTime, CursorUuid]);
const StoredReversal = z.object({ postingId: z.string(), transactionId: z.string() });

/** What two principals decide together: cost that is written off, a transaction that is taken back. */
@ApiTags('ledger')
@Controller('v1/ledger/adjustments')
export class AdjustmentsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @RequireRole('analyst', 'approver')
  @SerializeOptions({ schema: View })
  @ApiOperation({
    summary: 'Ask for a write-off or a reversal; nothing moves until another principal approves it',
    description:
      'A write-off moves what nothing links of the usage days before the cut-off to 5500; a link that is found later ' +
      'takes it back from there. A reversal takes back one transaction of a trace or a work item (C900) and stands, ' +
      'whatever is worked through again.',
  })
  @ApiResponse({ status: 201, standardSchema: View })
  async request(
    @Body({ schema: AdjustmentBody }) request: z.infer<typeof AdjustmentBody>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof View>> {
    const { kind, reason: why, ...body } = request;
    if (request.kind === 'write_off' && request.fromDay !== null && request.fromDay >= request.toDay)
      throw new RejectedInput('invalid', 'must be after fromDay', 'toDay');
    const adjustmentId = randomUUID();
    const requestedAtUs = this.api.nowUs();
    return asTenant(this.api.db, caller.tenantId, async (client) => {
      if (request.kind === 'reversal') {
        const { postingId, transactionId } = request;
        const found = await readReversible(client, caller.tenantId, postingId, transactionId);
        if (found === null)
          throw new RejectedInput('not_found', `there is no transaction ${transactionId}`, 'transactionId');
        if (found.code === 'C900' || found.isReversed)
          throw new RejectedInput('conflict', 'is a reversal, or reversed already', 'transactionId');
        if (!found.hasCharges || (!found.isOfTrace && found.refs.length !== 1))
          throw new RejectedInput(
            'unprocessable',
            'charges nothing to a trace or a work item',
            'transactionId',
          );
      }
      await insertAdjustment(client, caller.tenantId, {
        adjustmentId,
        kind,
        reason: why,
        requestedAtUs,
        requestedBy: caller.principalId,
        body: JSON.stringify(body),
        leaf: encodeLeaf('adjustment', requestedAtUs, {
          adjustment: adjustmentId,
          state: 'requested',
          adjustmentKind: kind,
          body: Json.parse(body),
          reason: why,
          key: caller.keyId,
        }),
      });
      const [stored] = await listAdjustments(client, caller.tenantId, { adjustmentId, limit: 1 });
      return toView(stored!);
    });
  }

  @Post(':adjustmentId/decision')
  @RequireRole('approver')
  @SerializeOptions({ schema: View })
  @ApiOperation({ summary: 'Approve or decline what another principal asked for' })
  @ApiResponse({ status: 201, standardSchema: View })
  async decide(
    @Param('adjustmentId', { schema: z.guid() }) adjustmentId: string,
    @Body({ schema: DecisionBody }) { decision }: z.infer<typeof DecisionBody>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof View>> {
    const decidedAtUs = this.api.nowUs();
    const view = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const [asked] = await listAdjustments(client, caller.tenantId, { adjustmentId, limit: 1 });
      if (asked === undefined) throw new RejectedInput('not_found', `there is no adjustment ${adjustmentId}`);
      if (asked.requestedBy === caller.principalId)
        throw new RejectedInput('forbidden', 'who asked for an adjustment does not decide it');
      const isDecided = await decideAdjustment(
        client,
        caller.tenantId,
        {
          adjustmentId,
          decision,
          decidedAtUs,
          decidedBy: caller.principalId,
          leaf: encodeLeaf('adjustment', decidedAtUs, {
            adjustment: adjustmentId,
            state: decision,
            key: caller.keyId,
          }),
        },
        asked.kind === 'reversal' ? StoredReversal.parse(asked.body) : null,
      );
      if (!isDecided) throw new RejectedInput('conflict', 'was decided before');
      const [decided] = await listAdjustments(client, caller.tenantId, { adjustmentId, limit: 1 });
      return toView(decided!);
    });
    if (decision === 'approved') await this.api.wake('work-through-facts');
    return view;
  }

  @Get()
  @RequireRole('analyst', 'auditor', 'approver')
  @SerializeOptions({ schema: Page })
  @ApiOperation({ summary: 'Write-offs and reversals, newest first' })
  @ApiResponse({ status: 200, standardSchema: Page })
  async list(
    @Query({ schema: PageQuery }) { cursor, limit: asked }: z.infer<typeof PageQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Page>> {
    const limit = pageSizeOf(this.api.limits, asked);
    const [requestedAtUs, adjustmentId] = cursor === undefined ? [] : decodeCursor(cursor, Cursor);
    const after =
      requestedAtUs === undefined || adjustmentId === undefined ? undefined : { requestedAtUs, adjustmentId };
    const found = await asTenant(this.api.db, tenantId, (client) =>
      listAdjustments(client, tenantId, { after, limit: limit + 1 }),
    );
    const page = pageOf(found, limit, (last) => [String(last.requestedAtUs), last.adjustmentId]);
    return {
      items: page.rows.map(toView),
      next: page.next,
    };
  }
}

const toView = (adjustment: Adjustment): z.infer<typeof View> => ({
  adjustmentId: adjustment.adjustmentId,
  kind: adjustment.kind,
  body: Json.parse(adjustment.body),
  reason: adjustment.reason,
  requestedAt: formatWireTime(adjustment.requestedAtUs),
  requestedBy: adjustment.requestedBy,
  decision: adjustment.decision,
  decidedAt: adjustment.decidedAtUs === null ? null : formatWireTime(adjustment.decidedAtUs),
  decidedBy: adjustment.decidedBy,
});
