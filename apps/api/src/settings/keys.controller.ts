import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  listApiKeys,
  listPrincipals,
  recordApiKey,
  recordKeyRevoked,
  recordPrincipal,
  ROLES,
  type ApiKey,
} from '#store';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  SerializeOptions,
} from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { formatWireTime, Time } from '../wire.ts';

const Name = z.string().trim().min(1).max(200);
const Bound = z.array(z.string().min(1).max(512)).min(1).max(100).nullable().default(null);

const PrincipalView = z
  .object({ principalId: z.guid(), name: z.string(), createdAt: Time })
  .meta({ id: 'Principal' });
const PrincipalList = z.object({ items: z.array(PrincipalView) }).meta({ id: 'Principals' });
const PrincipalBody = z.strictObject({ name: Name }).meta({ id: 'NewPrincipal' });

const KeyBody = z
  .strictObject({
    principal: Name.meta({ description: 'Name of who it belongs to; made where there is none of that name' }),
    roles: z.array(z.enum(ROLES)).min(1),
    sources: Bound.meta({ description: 'For outcomes: the CloudEvents sources it speaks for; null = all' }),
    kinds: Bound.meta({ description: 'For outcomes: the kinds of work item it speaks for; null = all' }),
  })
  .meta({ id: 'NewKey' });
const KeyView = z
  .object({
    keyId: z.guid(),
    principal: z.object({ principalId: z.guid(), name: z.string() }),
    roles: z.array(z.enum(ROLES)),
    sources: z.array(z.string()).nullable(),
    kinds: z.array(z.string()).nullable(),
    isBootstrap: z.boolean(),
    createdAt: Time,
    revokedAt: Time.nullable(),
  })
  .meta({ id: 'Key' });
const KeyList = z.object({ items: z.array(KeyView) }).meta({ id: 'Keys' });
const NewKeyView = KeyView.extend({ secret: z.string().meta({ description: 'Shown this once' }) }).meta({
  id: 'KeyWithSecret',
});

/** Who may do what in the tenant. Secrets are stored hashed and shown once. */
@ApiTags('settings')
@Controller('v1')
@RequireRole('admin')
export class KeysController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get('principals')
  @RequireRole('analyst', 'auditor', 'approver', 'privacy')
  @SerializeOptions({ schema: PrincipalList })
  @ApiOperation({ summary: 'People and systems that hold keys' })
  @ApiResponse({ status: 200, standardSchema: PrincipalList })
  async principals(@Caller() { tenantId }: Principal): Promise<z.infer<typeof PrincipalList>> {
    const rows = await asTenant(this.api.db, tenantId, (client) => listPrincipals(client, tenantId));
    return {
      items: rows.map(({ createdAtUs, ...row }) => ({ ...row, createdAt: formatWireTime(createdAtUs) })),
    };
  }

  @Post('principals')
  @ApiOperation({ summary: 'Name a principal' })
  @ApiResponse({ status: 201, standardSchema: PrincipalView })
  async addPrincipal(
    @Body({ schema: PrincipalBody }) { name }: z.infer<typeof PrincipalBody>,
    @Caller() { tenantId, principalId: by }: Principal,
  ): Promise<z.infer<typeof PrincipalView>> {
    const principalId = randomUUID();
    const rows = await asTenant(this.api.db, tenantId, async (client) => {
      await recordPrincipal(client, tenantId, { principalId, name }, { atUs: this.api.nowUs(), by });
      return listPrincipals(client, tenantId);
    });
    const row = rows.find((each) => each.principalId === principalId)!;
    return { principalId, name, createdAt: formatWireTime(row.createdAtUs) };
  }

  @Get('keys')
  @SerializeOptions({ schema: KeyList })
  @ApiOperation({ summary: 'All keys, revoked ones too; never their secrets' })
  @ApiResponse({ status: 200, standardSchema: KeyList })
  async keys(@Caller() { tenantId }: Principal): Promise<z.infer<typeof KeyList>> {
    const keys = await asTenant(this.api.db, tenantId, (client) => listApiKeys(client, tenantId));
    return { items: keys.map(toKeyView) };
  }

  @Post('keys')
  @ApiOperation({ summary: 'Make a key' })
  @ApiResponse({ status: 201, standardSchema: NewKeyView })
  async addKey(
    @Body({ schema: KeyBody }) body: z.infer<typeof KeyBody>,
    @Caller() { tenantId, principalId }: Principal,
  ): Promise<z.infer<typeof NewKeyView>> {
    const keyId = randomUUID();
    const secret = `olk_${randomBytes(32).toString('hex')}`;
    const keys = await asTenant(this.api.db, tenantId, async (client) => {
      const key = {
        tenantId,
        keyId,
        newPrincipalId: randomUUID(),
        principalName: body.principal,
        secretHash: createHash('sha256').update(secret).digest(),
        roles: [...new Set(body.roles)],
        sources: body.sources,
        kinds: body.kinds,
        isBootstrap: false,
      };
      await recordApiKey(client, key, { atUs: this.api.nowUs(), by: principalId });
      return listApiKeys(client, tenantId);
    });
    return { ...toKeyView(keys.find((key) => key.keyId === keyId)!), secret };
  }

  @Delete('keys/:keyId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a key; every process has forgotten it five seconds later' })
  @ApiResponse({ status: 204 })
  async revoke(
    @Param('keyId', { schema: z.guid() }) keyId: string,
    @Caller() { tenantId, keyId: own, principalId }: Principal,
  ): Promise<void> {
    if (keyId === own) throw new RejectedInput('conflict', 'a key does not revoke itself: use another one');
    const recorded = { atUs: this.api.nowUs(), by: principalId };
    const isKnown = await asTenant(this.api.db, tenantId, (client) =>
      recordKeyRevoked(client, tenantId, keyId, recorded),
    );
    if (!isKnown) throw new RejectedInput('not_found', `there is no key ${keyId}`);
  }
}

function toKeyView(key: ApiKey): z.infer<typeof KeyView> {
  return {
    keyId: key.keyId,
    principal: { principalId: key.principalId, name: key.principalName },
    roles: [...key.roles],
    sources: key.sources === null ? null : [...key.sources],
    kinds: key.kinds === null ? null : [...key.kinds],
    isBootstrap: key.isBootstrap,
    createdAt: formatWireTime(key.createdAtUs),
    revokedAt: key.revokedAtUs === null ? null : formatWireTime(key.revokedAtUs),
  };
}
