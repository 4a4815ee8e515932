import { Readable } from 'node:stream';
import {
  journalFile,
  journalPages,
  JOURNAL_FORMATS,
  tableType,
  type JournalFormat,
  type JournalQuestion,
} from '#files';
import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot, readTrialBalance } from '#store';
import { Controller, Get, Inject, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pastBooks } from '../reports/past-books.ts';
import { BEGINNING, END } from '../reports/report-query.ts';
import { LogSize } from '../wire.ts';
import { PeriodName } from './period-views.ts';

const JournalQuery = z.object({
  format: z.enum(['ndjson', 'csv', 'parquet', 'beancount', 'ledger']).default('ndjson'),
  period: PeriodName.optional().meta({ description: 'Only what was posted to this month' }),
  size: LogSize.optional().meta({ description: 'At this size of the log; absent = all that is posted' }),
});
@ApiTags('ledger')
@Controller('v1/ledger/journal')
@RequireRole('analyst', 'auditor')
export class JournalController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @ApiOperation({
    summary: 'Every transaction with its entries, as a file',
    description:
      'NDJSON, CSV and Parquet have a row an entry; beancount and ledger are files of those tools. By posting and transaction ' +
      'id, read page by page: with a size the file is the same for ever, without one it is what is posted as it is read.',
  })
  @ApiProduces('application/x-ndjson', 'text/csv', 'application/vnd.apache.parquet', 'text/plain')
  @ApiResponse({ status: 200 })
  async journal(
    @Query({ schema: JournalQuery }) query: z.infer<typeof JournalQuery>,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    // Refused before the first byte: a stream that has begun can only break off.
    const past = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      pastBooks(client, tenantId, query),
    );
    const journal = { tenantId, period: query.period ?? null, size: past?.size ?? null };
    const { format } = query;
    if (format === 'beancount' || format === 'ledger') {
      void reply.type(JOURNAL_FORMATS[format].type);
      return new StreamableFile(Readable.from(this.lines(journal, JOURNAL_FORMATS[format])));
    }
    return new StreamableFile(Readable.from(journalFile(journalPages(this.api.db, journal), format)), {
      type: tableType({ format }),
      disposition: `attachment; filename="journal.${format}"`,
    });
  }

  private async *lines(journal: JournalQuestion, format: JournalFormat): AsyncGenerator<string> {
    const accounts = await inTenantSnapshot(this.api.db, journal.tenantId, (client) =>
      readTrialBalance(client, journal.tenantId, BEGINNING, END, null),
    );
    yield format.begin([...new Set(accounts.map(({ account }) => account))]);
    for await (const page of journalPages(this.api.db, journal))
      for (const transaction of page) yield format.transaction(transaction);
  }
}
