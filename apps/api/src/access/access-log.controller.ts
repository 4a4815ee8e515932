import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, listContentReads } from '#store';
import { Controller, Get, Inject, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { CursorTime, CursorUuid, decodeCursor, formatWireTime, PageSize, Time } from '../wire.ts';

const ReadsQuery = z.object({
  subject: z.string().max(1024).optional().meta({ description: 'Only reads of this, as ticket:8123' }),
  principal: z.guid().optional(),
  cursor: z.string().optional(),
  limit: PageSize,
});
const Page = z
  .object({
    items: z.array(
      z.object({
        accessId: z.guid(),
        at: Time,
        principalId: z.guid(),
        keyId: z.guid(),
        grantId: z.guid().nullable(),
        route: z.string(),
        subject: z.string(),
        leaf: z.int().nullable().meta({
          description: 'In the access log, /tlog/{tenant}/access; null until it is sealed',
        }),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'AccessLogPage' });
const Cursor = z.tuple([CursorTime, CursorUuid]);

/** Who read content. */
@ApiTags('evidence')
@Controller('v1/access-log')
@RequireRole('auditor', 'privacy')
export class AccessLogController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @SerializeOptions({ schema: Page })
  @ApiOperation({
    summary: 'Every read of content, oldest first',
    description:
      'Each was written here before it was answered, and stands as a leaf in a Merkle log of its own.',
  })
  @ApiResponse({ status: 200, standardSchema: Page })
  async list(
    @Query({ schema: ReadsQuery }) query: z.infer<typeof ReadsQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Page>> {
    const limit = pageSizeOf(this.api.limits, query.limit);
    const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor, Cursor);
    const found = await asTenant(this.api.db, tenantId, (client) =>
      listContentReads(client, tenantId, {
        subjects: query.subject === undefined ? undefined : [query.subject],
        principalId: query.principal,
        after: cursor === undefined ? undefined : { readAtUs: cursor[0], accessId: cursor[1] },
        limit: limit + 1,
      }),
    );
    const page = pageOf(found, limit, (last) => [String(last.readAtUs), last.accessId]);
    return {
      items: page.rows.map(({ readAtUs, salt: _salt, leafIndex, ...read }) => ({
        ...read,
        at: formatWireTime(readAtUs),
        leaf: leafIndex,
      })),
      next: page.next,
    };
  }
}
