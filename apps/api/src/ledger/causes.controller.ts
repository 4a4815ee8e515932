import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot, listCauses, readCauseDeltas } from '#store';
import { Controller, Get, Inject, Param, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { CursorTime, decodeCursor, PageSize } from '../wire.ts';
import { CauseDetail, CauseView, toCauseView, withDeltas } from './cause-views.ts';

const CausesQuery = z.object({
  state: z.enum(['open', 'done']).optional(),
  cursor: z.string().optional(),
  limit: PageSize,
});
const Causes = z.object({ items: z.array(CauseView), next: z.string().nullable() }).meta({ id: 'Causes' });
const Cursor = z.tuple([CursorTime, z.string()]);

/** Rules that were, or are being, worked through the tenant's history. */
@ApiTags('ledger')
@Controller('v1/causes')
@RequireRole('analyst', 'auditor')
export class CausesController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @SerializeOptions({ schema: Causes })
  @ApiOperation({ summary: 'New prices and rules, how far each is worked through, and what it moved' })
  @ApiResponse({ status: 200, standardSchema: Causes })
  async list(
    @Query({ schema: CausesQuery }) { state, cursor, limit }: z.infer<typeof CausesQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Causes>> {
    const size = pageSizeOf(this.api.limits, limit);
    const after = cursor === undefined ? undefined : decodeCursor(cursor, Cursor);
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const found = await listCauses(client, tenantId, {
        mode: 'post',
        isOpen: state === undefined ? undefined : state === 'open',
        after: after === undefined ? undefined : { openedAt: after[0], causeId: after[1] },
        limit: size + 1,
      });
      const page = pageOf(found, size, (last) => [String(last.openedAtUs), last.causeId]);
      const items: z.infer<typeof CauseView>[] = [];
      for (const cause of page.rows)
        items.push(toCauseView(cause, await readCauseDeltas(client, tenantId, cause.causeId)));
      return {
        items,
        next: page.next,
      };
    });
  }

  @Get(':cause')
  @SerializeOptions({ schema: CauseDetail })
  @ApiOperation({ summary: 'One cause, and what it moved by code, period, account and workflow' })
  @ApiResponse({ status: 200, standardSchema: CauseDetail })
  one(
    @Param('cause') causeId: string,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof CauseDetail>> {
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const [cause] = await listCauses(client, tenantId, { mode: 'post', causeId, limit: 1 });
      return withDeltas(client, tenantId, cause, 'cause');
    });
  }
}
