import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, listPrincipals, listTenants, ROLES } from '#store';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';

const Me = z
  .object({
    tenant: z.string().meta({ description: 'Slug of the tenant the key belongs to' }),
    principal: z.object({ principalId: z.guid(), name: z.string() }),
    keyId: z.guid(),
    roles: z.array(z.enum(ROLES)),
    sources: z.array(z.string()).nullable(),
    kinds: z.array(z.string()).nullable(),
    otlp: z
      .object({ httpPort: z.int(), grpcPort: z.int() })
      .nullable()
      .meta({ description: 'Where spans are taken on this host, as far as the API knows' }),
    engine: z.string().meta({ description: 'Version of the service' }),
  })
  .meta({ id: 'Me' });

/** What a key says about its holder. */
@ApiTags('settings')
@Controller('v1/me')
@RequireRole(...ROLES)
export class MeController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @ApiOperation({ summary: 'Whose key this is, of which tenant, and what it may do' })
  @ApiResponse({ status: 200, standardSchema: Me })
  async me(@Caller() caller: Principal): Promise<z.infer<typeof Me>> {
    const { tenantId, principalId } = caller;
    const [tenants, principals] = await asTenant(this.api.db, tenantId, async (client) => [
      await listTenants(client),
      await listPrincipals(client, tenantId),
    ]);
    const principal = principals.find((each) => each.principalId === principalId);
    return {
      tenant: tenants.find((each) => each.tenantId === tenantId)!.slug,
      principal: { principalId, name: principal?.name ?? '' },
      keyId: caller.keyId,
      roles: [...caller.roles],
      sources: caller.sources === null ? null : [...caller.sources],
      kinds: caller.kinds === null ? null : [...caller.kinds],
      otlp: this.api.otlp,
      engine: this.api.version,
    };
  }
}
