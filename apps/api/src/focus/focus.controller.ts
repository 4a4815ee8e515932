import { Readable } from 'node:stream';
import { FOCUS_FORMATS, focusPages } from '#files';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot, listTenants } from '#store';
import { Controller, Get, Inject, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pastBooks } from '../reports/past-books.ts';
import { BEGINNING, Day, END } from '../reports/report-query.ts';
import { MODEL_ALIASES } from '../settings/kept-books.ts';
import { Instant, LogSize } from '../wire.ts';

const FocusQuery = z.object({
  from: Day.optional().meta({ description: 'First UTC day of usage; absent = from the beginning' }),
  to: Day.optional().meta({ description: 'UTC day after the last one; absent = no end' }),
  format: z.enum(['csv', 'ndjson', 'parquet']).default('csv'),
  size: LogSize.optional().meta({ description: 'At this size of the log; absent = all that is posted' }),
  as_of: Instant.optional().meta({ description: 'At the newest settled size that was sealed by then' }),
});

@ApiTags('reports')
@Controller('v1/focus')
@RequireRole('analyst', 'auditor')
export class FocusController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @ApiOperation({
    summary: 'What the calls of agents cost, as a FOCUS 1.2 file, with what they bought',
    description:
      'Dataset CostAndUsage of the FinOps Open Cost and Usage Specification: a row for each trace, day, price and place of ' +
      'cost, with the work item and outcome in columns `x_...`. BilledCost sums to what was metered, by currency. Read page by ' +
      'page: with a size the file is the same for ever, without one it is what is posted as it is read.',
  })
  @ApiProduces('text/csv', 'application/x-ndjson', 'application/vnd.apache.parquet')
  @ApiResponse({ status: 200 })
  async focus(
    @Query({ schema: FocusQuery }) query: z.infer<typeof FocusQuery>,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { from, to } = query;
    if (query.size !== undefined && query.as_of !== undefined)
      throw new RejectedInput('unprocessable', 'goes without size: give one', 'as_of');
    if (from !== undefined && to !== undefined && from >= to)
      throw new RejectedInput('unprocessable', 'must be after from', 'to');
    // Refused before the first byte: a stream that has begun can only break off.
    const { past, account } = await inTenantSnapshot(this.api.db, tenantId, async (client) => ({
      past: await pastBooks(client, tenantId, query),
      account: (await listTenants(client)).find((each) => each.tenantId === tenantId)!.slug,
    }));
    const days = { fromDay: from ?? BEGINNING, toDay: to ?? END, size: past?.size ?? null };
    const { type, write } = FOCUS_FORMATS[query.format];
    void reply.type(type).header('content-disposition', `attachment; filename="focus.${query.format}"`);
    const pages = focusPages(this.api.db, { tenantId, ...days, account, aliasBook: MODEL_ALIASES });
    return new StreamableFile(Readable.from(write(pages)), { type });
  }
}
