import { randomUUID } from 'node:crypto';
import { encodeLeaf } from '#evidence';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  decideGrant,
  insertGrant,
  listGrants,
  readPrincipalId,
  usFromTimestamp,
  type Client,
  type Grant,
} from '#store';
import { Body, Controller, Get, Inject, Param, Post, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { formatWireTime, Time } from '../wire.ts';

const WorkItemName = z.string().regex(/^[a-z][a-z0-9_]{0,62}:.{1,512}$/s, 'must be kind:key, as ticket:8123');
const Scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('work_item'), workItem: WorkItemName }),
  z.strictObject({
    kind: z.literal('work_item_kind'),
    workItemKind: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
  }),
  z.strictObject({ kind: z.literal('tenant') }),
]);
const GrantBody = z
  .strictObject({
    principal: z.string().min(1).max(200).meta({ description: 'Name of who may read' }),
    scope: Scope,
    purpose: z.string().trim().min(3).max(2000),
    validUntil: Time,
  })
  .meta({ id: 'NewGrant' });
const DecisionBody = z
  .strictObject({ decision: z.enum(['approved', 'declined', 'revoked']) })
  .meta({ id: 'GrantDecision' });
const View = z
  .object({
    grantId: z.guid(),
    principalId: z.guid(),
    scope: Scope,
    purpose: z.string(),
    validUntil: Time,
    requestedAt: Time,
    requestedBy: z.guid(),
    decision: z.enum(['approved', 'declined', 'revoked']).nullable(),
    decidedAt: Time.nullable(),
    decidedBy: z.guid().nullable(),
  })
  .meta({ id: 'Grant' });
const List = z.object({ items: z.array(View) }).meta({ id: 'Grants' });
/** Nobody reads content for longer without being asked again. */
const LONGEST_US = 366n * 86_400_000_000n;

/** Leave to read content: for whom, what, why, until when. Two principals give it, and neither is the reader alone. */
@ApiTags('evidence')
@Controller('v1/grants')
export class GrantsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @RequireRole('auditor', 'privacy', 'approver')
  @SerializeOptions({ schema: View })
  @ApiOperation({
    summary: 'Ask for leave to read content; it stands once another principal approved it',
    description: 'Needed by everybody, admins too. At most a year.',
  })
  @ApiResponse({ status: 201, standardSchema: View })
  async request(
    @Body({ schema: GrantBody }) body: z.infer<typeof GrantBody>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof View>> {
    const requestedAtUs = this.api.nowUs();
    const validUntilUs = usFromTimestamp(body.validUntil);
    if (validUntilUs <= requestedAtUs || validUntilUs > requestedAtUs + LONGEST_US)
      throw new RejectedInput('invalid', 'must be in the future and within a year', 'validUntil');
    const grantId = randomUUID();
    return asTenant(this.api.db, caller.tenantId, async (client) => {
      const principalId = await readPrincipalId(client, caller.tenantId, body.principal);
      if (principalId === null)
        throw new RejectedInput('not_found', `there is no principal ${body.principal}`, 'principal');
      const { scope, purpose } = body;
      const grant = { grantId, principalId, scope, purpose, validUntilUs, requestedAtUs };
      const leaf = encodeLeaf('grant', requestedAtUs, {
        grant: grantId,
        state: 'requested',
        principal: principalId,
        scope: scope.kind,
        validUntil: formatWireTime(validUntilUs),
        purpose,
        key: caller.keyId,
      });
      await insertGrant(client, caller.tenantId, { ...grant, requestedBy: caller.principalId }, leaf);
      return this.one(client, caller.tenantId, grantId);
    });
  }

  @Post(':grantId/decision')
  @RequireRole('approver')
  @SerializeOptions({ schema: View })
  @ApiOperation({
    summary: 'Approve or decline what another principal asked for, or revoke what was approved',
    description: 'Who asked, or is to read, cannot approve.',
  })
  @ApiResponse({ status: 201, standardSchema: View })
  async decide(
    @Param('grantId', { schema: z.guid() }) grantId: string,
    @Body({ schema: DecisionBody }) { decision }: z.infer<typeof DecisionBody>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof View>> {
    const atUs = this.api.nowUs();
    return asTenant(this.api.db, caller.tenantId, async (client) => {
      const asked = await this.one(client, caller.tenantId, grantId);
      const isOwn = asked.requestedBy === caller.principalId || asked.principalId === caller.principalId;
      if (decision === 'approved' && isOwn)
        throw new RejectedInput('forbidden', 'who asked for a grant, or reads under it, does not approve it');
      const isDecided = await decideGrant(client, caller.tenantId, grantId, {
        from: decision === 'revoked' ? 'approved' : null,
        to: decision,
        atUs,
        by: caller.principalId,
        leaf: encodeLeaf('grant', atUs, { grant: grantId, state: decision, key: caller.keyId }),
      });
      if (!isDecided)
        throw new RejectedInput(
          'conflict',
          `is ${asked.decision ?? 'not decided'}: it cannot be ${decision}`,
          'decision',
        );
      return this.one(client, caller.tenantId, grantId);
    });
  }

  @Get()
  @RequireRole('auditor', 'privacy', 'approver')
  @SerializeOptions({ schema: List })
  @ApiOperation({ summary: 'Grants, newest first' })
  @ApiResponse({ status: 200, standardSchema: List })
  async list(@Caller() { tenantId }: Principal): Promise<z.infer<typeof List>> {
    const grants = await asTenant(this.api.db, tenantId, (client) => listGrants(client, tenantId, {}));
    return { items: grants.map(toView) };
  }

  private async one(client: Client, tenantId: bigint, grantId: string): Promise<z.infer<typeof View>> {
    const [grant] = await listGrants(client, tenantId, { grantId });
    if (grant === undefined) throw new RejectedInput('not_found', `there is no grant ${grantId}`);
    return toView(grant);
  }
}

const toView = (grant: Grant): z.infer<typeof View> => ({
  grantId: grant.grantId,
  principalId: grant.principalId,
  scope: grant.scope,
  purpose: grant.purpose,
  validUntil: formatWireTime(grant.validUntilUs),
  requestedAt: formatWireTime(grant.requestedAtUs),
  requestedBy: grant.requestedBy,
  decision: grant.decision,
  decidedAt: grant.decidedAtUs === null ? null : formatWireTime(grant.decidedAtUs),
  decidedBy: grant.decidedBy,
});
