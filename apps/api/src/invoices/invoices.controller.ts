import { Readable } from 'node:stream';
import { formatPico, parsePico, RejectedInput } from '#model';
import { canonicalProvider } from '#pricing';
import { notComparedSchema, reconciliationResultSchema } from '#reconciliation';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, makeReconciliationsDue, readInvoices, readReconciliations, recordInvoice } from '#store';
import { Controller, Get, Inject, Post, Query, Req, Res, SerializeOptions } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuidByTime } from 'uuid';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { CursorUuid, decodeCursor, formatWireTime } from '../wire.ts';
import {
  InvoiceAnswer,
  InvoicePage,
  InvoiceQuery,
  InvoicesQuery,
  ReconciliationQuery,
  Reconciliations,
  toInvoiceView,
} from './invoice-views.ts';
import { readBill, type BillPart, type SplitBill } from './read-bill.ts';
import { readTextBody } from './read-text-body.ts';

const MAX_RECONCILIATIONS = 500;

/** Bills of providers, and what they differ from our own charges by. */
@ApiTags('ledger')
@Controller('v1')
export class InvoicesController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post('invoices')
  @RequireRole('admin')
  @ApiOperation({
    summary: "Send a provider's usage report, cost report or invoice",
    description:
      'The body is the file as the provider gives it: pages of the OpenAI or Anthropic admin API as JSON, the CSV of the ' +
      'OpenAI usage page, a FOCUS file, or plain CSV (provider, date, model, token_class, quantity, amount, ...). Send ' +
      'it as text/csv or application/octet-stream; with application/json numbers are read as doubles first. With ' +
      '`number` it is an invoice: what it says beyond the charges is booked as variance. The same file again stores ' +
      'nothing; another file for the same number, month and format is its next version.',
  })
  @ApiConsumes('application/octet-stream', 'text/csv', 'application/json')
  @ApiBody({ required: false, schema: { type: 'string' } })
  @ApiResponse({ status: 201, standardSchema: InvoiceAnswer })
  @ApiResponse({ status: 200, description: 'Nothing new, or a dry run', standardSchema: InvoiceAnswer })
  async add(
    @Req() request: FastifyRequest,
    @Query({ schema: InvoiceQuery }) query: z.infer<typeof InvoiceQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof InvoiceAnswer>> {
    const bill = await this.readRequest(request.body, query);
    const totalPico = query.total === undefined ? null : parsePico(query.total);
    checkTotal(bill.parts, query, totalPico);
    checkRate(bill.parts, query);
    const isDryRun = query.dry_run === 'true';
    const documents = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const made: z.infer<typeof InvoiceAnswer>['documents'] = [];
      for (const part of bill.parts) {
        const isForeign = query.charged_in !== undefined && query.charged_in !== part.currency;
        const foreign = {
          chargedIn: query.charged_in ?? null,
          statedRate: isForeign ? (query.rate ?? null) : null,
        };
        const base = {
          provider: part.provider,
          period: part.period,
          number: part.number === '' ? null : part.number,
          format: part.format,
          currency: part.currency,
          total: totalPico === null ? null : formatPico(totalPico),
          ...foreign,
          lines: part.lines.length,
        };
        if (isDryRun) {
          made.push({ ...base, invoiceId: null, version: null, isKnown: false });
          continue;
        }
        const { roundedLines, notes } = bill;
        const invoice = { ...part, ...foreign, invoiceId: uuidByTime(), totalPico, roundedLines, notes };
        const by = { atUs: this.api.nowUs(), by: caller.principalId };
        const recorded = await recordInvoice(client, caller.tenantId, invoice, by);
        made.push({ ...base, ...recorded });
        if (recorded.isKnown) continue;
        await makeReconciliationsDue(client, caller.tenantId, [part], `invoice:${recorded.invoiceId}`, 0);
      }
      return made;
    });
    const isNew = !isDryRun && documents.some(({ isKnown }) => !isKnown);
    void reply.status(isNew ? 201 : 200);
    if (isNew) await this.api.wake('reconcile-bills');
    const { refused, roundedLines, notes } = bill;
    return { documents, refused: [...refused], roundedLines, notes: [...notes] };
  }

  @Get('invoices')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: InvoicePage })
  @ApiOperation({ summary: 'Bills that were sent, newest first, every version' })
  @ApiResponse({ status: 200, standardSchema: InvoicePage })
  async list(
    @Query({ schema: InvoicesQuery }) query: z.infer<typeof InvoicesQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof InvoicePage>> {
    const limit = pageSizeOf(this.api.limits, query.limit);
    const after =
      query.cursor === undefined ? null : { invoiceId: decodeCursor(query.cursor, z.tuple([CursorUuid]))[0] };
    const filter = {
      provider: query.provider ?? null,
      period: query.period ?? null,
      after,
      limit: limit + 1,
    };
    const heads = await asTenant(this.api.db, tenantId, (client) => readInvoices(client, tenantId, filter));
    const { rows, next } = pageOf(heads, limit, ({ invoiceId }) => [invoiceId]);
    return { items: rows.map(toInvoiceView), next };
  }

  @Get('reconciliation')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: Reconciliations })
  @ApiOperation({
    summary: 'What each bill differs from our charges by, exactly, by kind, model and class',
    description:
      'coverage: tokens on the bill and not in spans (negative: the other way round). rate: another price. The kinds sum ' +
      'to billed - charged. Recomputed when spans, prices or bills change.',
  })
  @ApiResponse({ status: 200, standardSchema: Reconciliations })
  async reconciliation(
    @Query({ schema: ReconciliationQuery }) query: z.infer<typeof ReconciliationQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Reconciliations>> {
    const filter = {
      provider: query.provider ?? null,
      period: query.period ?? null,
      limit: MAX_RECONCILIATIONS,
    };
    const rows = await asTenant(this.api.db, tenantId, (client) =>
      readReconciliations(client, tenantId, filter),
    );
    return {
      items: rows.map((row) => ({
        provider: row.provider,
        period: row.period,
        isBooked: row.isBooked,
        isDue: row.isDue,
        reconciledAt: formatWireTime(row.reconciledAtUs),
        comparisons: z.array(reconciliationResultSchema).parse(row.result),
        notCompared: z.array(notComparedSchema).parse(row.notCompared),
      })),
    };
  }

  private async readRequest(body: unknown, query: z.infer<typeof InvoiceQuery>): Promise<SplitBill> {
    const { format, period, number, provider } = query;
    if (format !== 'total') {
      const text =
        body instanceof Readable
          ? await readTextBody(body, this.api.limits.importBytes)
          : body === undefined || body === null
            ? ''
            : JSON.stringify(body);
      return readBill(text, { format, period: period ?? null, number: number ?? null });
    }
    for (const [field, value] of Object.entries({ provider, period, number, total: query.total }))
      if (value === undefined) throw new RejectedInput('invalid', 'must be given with format=total', field);
    const part: BillPart = {
      provider: canonicalProvider(provider!) ?? provider!.trim().toLowerCase(),
      period: period!,
      number: number!,
      format,
      currency: query.currency ?? 'USD',
      lines: [],
    };
    return { parts: [part], refused: [], roundedLines: 0, notes: ['total_without_lines'] };
  }
}

/** A total is of one document; and what is to be booked must say how much it is. */
function checkTotal(
  parts: readonly BillPart[],
  query: z.infer<typeof InvoiceQuery>,
  totalPico: bigint | null,
): void {
  if (totalPico !== null && parts.length > 1)
    throw new RejectedInput(
      'unprocessable',
      `is of one invoice, and the file has ${parts.length} (by provider, month, invoice and currency): choose one by period`,
      'total',
    );
  const [only] = parts;
  if (query.currency !== undefined && only !== undefined && only.currency !== query.currency)
    throw new RejectedInput('unprocessable', `the lines are in ${only.currency}`, 'currency');
  const unpriced = parts.find(
    ({ number, lines }) =>
      number !== '' && totalPico === null && lines.every(({ amountPico }) => amountPico === null),
  );
  if (unpriced !== undefined)
    throw new RejectedInput(
      'unprocessable',
      `invoice ${unpriced.number} has no amounts: give its total`,
      'total',
    );
}

/** A rate is between two currencies that are told. */
function checkRate(
  parts: readonly BillPart[],
  { rate, charged_in: chargedIn }: z.infer<typeof InvoiceQuery>,
): void {
  if (rate === undefined) return;
  if (chargedIn === undefined)
    throw new RejectedInput(
      'invalid',
      'must be given with a rate: into which currency it leads',
      'charged_in',
    );
  if (parts.every(({ currency }) => currency === chargedIn))
    throw new RejectedInput('unprocessable', `is of no use: the bill is in ${chargedIn} as well`, 'rate');
  if (new Set(parts.map(({ currency }) => currency)).size > 1)
    throw new RejectedInput('unprocessable', 'is of one currency, and the file has several', 'rate');
}
