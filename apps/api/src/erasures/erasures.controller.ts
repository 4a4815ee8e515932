import { randomUUID } from 'node:crypto';
import { linksPolicySchema } from '#attribution';
import { encodeLeaf } from '#evidence';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  decideErasure,
  insertErasure,
  insertEvidence,
  listErasures,
  readTenantRules,
  type Erasure,
} from '#store';
import { Body, Controller, Get, Inject, Param, Post, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { CursorTime, CursorUuid, decodeCursor, formatWireTime, Json, PageSize, Time } from '../wire.ts';

const text = z.string().trim().min(1).max(1000);
const scope = z
  .union([
    z.strictObject({
      workItem: z.strictObject({ kind: z.string().min(1).max(63), key: z.string().min(1).max(512) }),
    }),
    z.strictObject({
      customer: z.strictObject({ attribute: z.string().min(1).max(256), value: z.string().min(1).max(512) }),
    }),
    z.strictObject({ subject: z.guid() }),
  ])
  .meta({
    id: 'ErasureScope',
    description:
      'A work item; a customer, by an attribute that the policy `links` names (their work items and traces with them); ' +
      'or the random id of a subject, as step records have it',
  });
const RequestBody = z
  .strictObject({
    scope,
    basis: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and "_", as gdpr_17_1_b')
      .meta({ description: 'The legal ground, as a code; it stands in the log' }),
    reason: text.meta({
      description: 'For people; it is gone when the erasure is done, and the basis stays',
    }),
  })
  .meta({ id: 'NewErasure' });
const DecisionBody = z
  .discriminatedUnion('decision', [
    z.strictObject({ decision: z.literal('approved') }),
    z.strictObject({
      decision: z.literal('refused'),
      ground: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and "_", as legal_hold')
        .meta({ description: 'Why, as a code; it stands in the log' }),
      reason: text,
    }),
  ])
  .meta({ id: 'ErasureDecision' });
const View = z
  .object({
    erasureId: z.guid(),
    state: z.enum(['requested', 'approved', 'refused', 'done']),
    scope: Json.meta({ description: 'Empty once it is done: what it named is gone' }),
    basis: z.string(),
    reason: z.string(),
    requestedAt: Time,
    requestedBy: z.guid(),
    decidedAt: Time.nullable(),
    decidedBy: z.guid().nullable(),
    decidedReason: z.string().nullable(),
    counts: Json.nullable().meta({ description: 'What was erased, by number' }),
    doneAt: Time.nullable(),
    backupsClearAfter: Time.nullable().meta({ description: 'No backup holds it after that' }),
    leaf: z.string().nullable().meta({ description: 'Place of its newest leaf; null until it is sealed' }),
  })
  .meta({ id: 'Erasure' });
const Page = z.object({ items: z.array(View), next: z.string().nullable() }).meta({ id: 'ErasurePage' });
const PageQuery = z.object({ cursor: z.string().optional(), limit: PageSize });
const Cursor = z.tuple([CursorTime, CursorUuid]);

/** What a person asks to be forgotten: two privacy principals decide, the worker carries it out. */
@ApiTags('privacy')
@Controller('v1/erasures')
export class ErasuresController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @RequireRole('privacy')
  @SerializeOptions({ schema: View })
  @ApiOperation({
    summary: 'Ask for an erasure; nothing is erased until another privacy principal approves it',
    description:
      'Destroys the keys and salts of the content, the content itself, the business key and what systems and people ' +
      'told about it. Costs, steps, counts and the proofs of everything else stay.',
  })
  @ApiResponse({ status: 201, standardSchema: View })
  async request(
    @Body({ schema: RequestBody }) body: z.infer<typeof RequestBody>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof View>> {
    const erasureId = randomUUID();
    const requestedAtUs = this.api.nowUs();
    return asTenant(this.api.db, caller.tenantId, async (client) => {
      if ('customer' in body.scope)
        await mustBeRecorded(client, caller.tenantId, body.scope.customer.attribute);
      await insertErasure(client, caller.tenantId, {
        erasureId,
        scope: JSON.stringify(body.scope),
        basis: body.basis,
        reason: body.reason,
        requestedAtUs,
        requestedBy: caller.principalId,
      });
      await this.note(client, caller, erasureId, requestedAtUs, { state: 'requested', basis: body.basis });
      return this.read(client, caller.tenantId, erasureId);
    });
  }

  @Post(':erasureId/decision')
  @RequireRole('privacy')
  @SerializeOptions({ schema: View })
  @ApiOperation({
    summary: 'Approve what another principal asked for, or refuse it (a legal hold); both stand in the log',
  })
  @ApiResponse({ status: 201, standardSchema: View })
  async decide(
    @Param('erasureId', { schema: z.guid() }) erasureId: string,
    @Body({ schema: DecisionBody }) body: z.infer<typeof DecisionBody>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof View>> {
    const decidedAtUs = this.api.nowUs();
    const view = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const asked = await this.read(client, caller.tenantId, erasureId);
      if (asked.requestedBy === caller.principalId)
        throw new RejectedInput('forbidden', 'who asked for an erasure does not decide it');
      const isDecided = await decideErasure(client, caller.tenantId, {
        erasureId,
        decision: body.decision,
        reason: body.decision === 'refused' ? body.reason : null,
        decidedAtUs,
        decidedBy: caller.principalId,
      });
      if (!isDecided) throw new RejectedInput('conflict', 'was decided before');
      const said: Record<string, string> = { state: body.decision };
      if (body.decision === 'refused') said['ground'] = body.ground;
      await this.note(client, caller, erasureId, decidedAtUs, said);
      return this.read(client, caller.tenantId, erasureId);
    });
    if (body.decision === 'approved') await this.api.wake('work-erasures');
    return view;
  }

  @Get()
  @RequireRole('privacy', 'auditor')
  @SerializeOptions({ schema: Page })
  @ApiOperation({ summary: 'Erasures asked for, refused and done, newest first' })
  @ApiResponse({ status: 200, standardSchema: Page })
  async list(
    @Query({ schema: PageQuery }) { cursor, limit: asked }: z.infer<typeof PageQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Page>> {
    const limit = pageSizeOf(this.api.limits, asked);
    const [requestedAtUs, erasureId] = cursor === undefined ? [] : decodeCursor(cursor, Cursor);
    const after =
      requestedAtUs === undefined || erasureId === undefined ? undefined : { requestedAtUs, erasureId };
    const found = await asTenant(this.api.db, tenantId, (client) =>
      listErasures(client, tenantId, { after, limit: limit + 1 }),
    );
    const page = pageOf(found, limit, (last) => [String(last.requestedAtUs), last.erasureId]);
    return {
      items: page.rows.map(toView),
      next: page.next,
    };
  }

  @Get(':erasureId')
  @RequireRole('privacy', 'auditor')
  @SerializeOptions({ schema: View })
  @ApiOperation({ summary: 'One erasure' })
  @ApiResponse({ status: 200, standardSchema: View })
  one(
    @Param('erasureId', { schema: z.guid() }) erasureId: string,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof View>> {
    return asTenant(this.api.db, tenantId, (client) => this.read(client, tenantId, erasureId));
  }

  private async read(client: Client, tenantId: bigint, erasureId: string): Promise<z.infer<typeof View>> {
    const [found] = await listErasures(client, tenantId, { erasureId, limit: 1 });
    if (found === undefined) throw new RejectedInput('not_found', `there is no erasure ${erasureId}`);
    return toView(found);
  }

  private note(
    client: Client,
    { tenantId, keyId, principalId }: Principal,
    erasureId: string,
    atUs: bigint,
    fields: Record<string, string>,
  ): Promise<void> {
    const leaf = encodeLeaf('erasure', atUs, {
      erasure: erasureId,
      ...fields,
      principal: principalId,
      key: keyId,
    });
    return insertEvidence(client, tenantId, [{ kind: 'erasure', subjectId: erasureId, body: leaf }], atUs);
  }
}

type Client = Parameters<Parameters<typeof asTenant>[2]>[0];

const stateOf = ({ decision, doneAtUs }: Erasure) => (doneAtUs !== null ? 'done' : (decision ?? 'requested'));

const toView = (erasure: Erasure): z.infer<typeof View> => ({
  erasureId: erasure.erasureId,
  state: stateOf(erasure),
  scope: Json.parse(erasure.scope),
  basis: erasure.basis,
  reason: erasure.reason,
  requestedAt: formatWireTime(erasure.requestedAtUs),
  requestedBy: erasure.requestedBy,
  decidedAt: erasure.decidedAtUs === null ? null : formatWireTime(erasure.decidedAtUs),
  decidedBy: erasure.decidedBy,
  decidedReason: erasure.decidedReason,
  counts: erasure.counts === null ? null : Json.parse(erasure.counts),
  doneAt: erasure.doneAtUs === null ? null : formatWireTime(erasure.doneAtUs),
  backupsClearAfter:
    erasure.backupsClearAfterUs === null ? null : formatWireTime(erasure.backupsClearAfterUs),
  leaf: erasure.leafIndex === null ? null : String(erasure.leafIndex),
});

/**
 * Which traces carry a customer is recorded for the attributes that a policy names, and for no others: an erasure by
 * another one would find nothing, and say that it was done.
 *
 * @throws RejectedInput `unprocessable`
 */
async function mustBeRecorded(client: Client, tenantId: bigint, attribute: string): Promise<void> {
  const { policies } = await readTenantRules(client, tenantId);
  const known = policies
    .filter(({ name }) => name === 'links')
    .flatMap(({ rule }) => linksPolicySchema.parse(rule).customerAttributes);
  if (!known.includes(attribute))
    throw new RejectedInput(
      'unprocessable',
      `is not among customerAttributes of the policy links (${known.join(', ') || 'there are none'}), so no trace is known by it`,
      'scope.customer.attribute',
    );
}
