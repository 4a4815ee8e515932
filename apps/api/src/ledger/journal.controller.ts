import { Readable } from 'node:stream';
import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot, listTransactions, readTrialBalance } from '#store';
import { Controller, Get, Inject, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pastBooks } from '../reports/past-books.ts';
import { BEGINNING, END } from '../reports/report-query.ts';
import { LogSize } from '../wire.ts';
import { JOURNAL_FORMATS, type JournalFormat } from './journal-formats.ts';
import { PeriodName } from './period-views.ts';

const JournalQuery = z.object({
  format: z.enum(['ndjson', 'csv', 'beancount', 'ledger']).default('ndjson'),
  period: PeriodName.optional().meta({ description: 'Only what was posted to this month' }),
  size: LogSize.optional().meta({ description: 'At this size of the log; absent = all that is posted' }),
});
const TRANSACTIONS_PER_PAGE = 500;

interface Journal {
  readonly tenantId: bigint;
  readonly format: JournalFormat;
  readonly period: string | undefined;
  readonly size: number | null;
}

@ApiTags('ledger')
@Controller('v1/ledger/journal')
@RequireRole('analyst', 'auditor')
export class JournalController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @ApiOperation({
    summary: 'Every transaction with its entries, as a file',
    description:
      'NDJSON and CSV have a row an entry; beancount and ledger are files of those tools. By posting and transaction ' +
      'id, read page by page: with a size the file is the same for ever, without one it is what is posted as it is read.',
  })
  @ApiProduces('application/x-ndjson', 'text/csv', 'text/plain')
  @ApiResponse({ status: 200 })
  async journal(
    @Query({ schema: JournalQuery }) query: z.infer<typeof JournalQuery>,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const format = JOURNAL_FORMATS[query.format];
    // Refused before the first byte: a stream that has begun can only break off.
    const past = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      pastBooks(client, tenantId, query),
    );
    void reply.type(format.type);
    const journal = { tenantId, format, period: query.period, size: past?.size ?? null };
    return new StreamableFile(Readable.from(this.lines(journal)));
  }

  private async *lines({ tenantId, format, period, size }: Journal): AsyncGenerator<string> {
    const accounts = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      readTrialBalance(client, tenantId, BEGINNING, END, null),
    );
    yield format.begin([...new Set(accounts.map(({ account }) => account))]);
    let after: { postingId: string; transactionId: string } | undefined;
    for (;;) {
      const page = await inTenantSnapshot(this.api.db, tenantId, (client) =>
        listTransactions(client, tenantId, { period, size, after, limit: TRANSACTIONS_PER_PAGE }),
      );
      for (const transaction of page) yield format.transaction(transaction);
      const last = page.at(-1);
      if (last === undefined || page.length < TRANSACTIONS_PER_PAGE) return;
      after = { postingId: last.postingId, transactionId: last.transactionId };
    }
  }
}
