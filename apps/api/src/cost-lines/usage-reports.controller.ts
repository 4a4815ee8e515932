import { createHash, randomBytes } from 'node:crypto';
import { canonicalJson, commitment, encodeLeaf } from '#evidence';
import { parsePico, RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, recordUsageReports, type UsageReportRecord } from '#store';
import { Body, Controller, Inject, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { v7 as uuidByTime } from 'uuid';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';

const text = z.string().trim().min(1).max(200);
const UsageReportBody = z
  .strictObject({
    source: text,
    id: text,
    trace: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits'),
    span: z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hex digits'),
    says: z.enum(['estimate', 'actual', 'not_billed']).meta({
      description: 'estimate: it may have cost so much; actual: it was billed so much; not_billed: nothing',
    }),
    amount: z
      .string()
      .regex(/^\d{1,6}(\.\d{1,12})?$/, 'must be a decimal string under a million, as "0.004"')
      .optional(),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, as "USD"')
      .optional(),
    sequence: z
      .int()
      .min(0)
      .default(0)
      .meta({ description: 'Of several reports about a call the greatest counts' }),
  })
  .refine(
    (report) =>
      report.says === 'not_billed'
        ? report.amount === undefined && report.currency === undefined
        : report.amount !== undefined && report.currency !== undefined,
    {
      message: 'an estimate and an actual have amount and currency, not_billed has neither',
      path: ['amount'],
    },
  )
  .meta({ id: 'UsageReport' });
const Reports = z
  .strictObject({ reports: z.array(UsageReportBody).min(1).max(500) })
  .meta({ id: 'UsageReports' });
const Answer = z.object({ stored: z.int(), duplicate: z.int() }).meta({ id: 'UsageReportsAnswer' });

/** What is known from elsewhere of calls whose usage their spans do not tell. */
@ApiTags('cost lines')
@Controller('v1/usage-reports')
export class UsageReportsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @RequireRole('admin')
  @ApiOperation({
    summary: 'Say what a call cost whose usage its spans do not tell',
    description:
      'An estimate stands as pending, outside every balance of cost, until an actual or not_billed resolves it, once. ' +
      'Usage that spans tell is charged by its price, whatever is reported. Idempotent by call, source and id.',
  })
  @ApiResponse({ status: 201, description: 'Stored', standardSchema: Answer })
  @ApiResponse({ status: 200, description: 'All of them were stored before', standardSchema: Answer })
  async report(
    @Body({ schema: Reports }) { reports }: z.infer<typeof Reports>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof Answer>> {
    const atUs = this.api.nowUs();
    const records = reports.map((report) => toRecord(report, caller, atUs));
    const results = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const stored = await recordUsageReports(
        client,
        caller.tenantId,
        { atUs, by: caller.principalId },
        records,
      );
      const conflict = stored.indexOf('conflict');
      if (conflict >= 0)
        throw new RejectedInput(
          'conflict',
          'this source reported other content of the call under this id before',
          `reports[${conflict}].id`,
        );
      return stored;
    });
    const stored = results.filter((result) => result === 'stored').length;
    void reply.status(stored > 0 ? 201 : 200);
    if (stored > 0) await this.api.wake('work-through-facts');
    return { stored, duplicate: results.length - stored };
  }
}

function toRecord(
  report: z.infer<typeof UsageReportBody>,
  caller: Principal,
  atUs: bigint,
): UsageReportRecord {
  const content = {
    source: report.source,
    id: report.id,
    trace: report.trace,
    span: report.span,
    says: report.says,
    amount: report.amount === undefined ? null : parsePico(report.amount)!.toString(),
    currency: report.currency ?? null,
    sequence: report.sequence,
  };
  const bytes = Buffer.from(canonicalJson(content));
  const reportId = uuidByTime();
  const salt = randomBytes(32);
  return {
    reportId,
    traceId: report.trace,
    spanId: report.span,
    source: report.source,
    name: report.id,
    says: report.says,
    amount:
      report.amount === undefined || report.currency === undefined
        ? null
        : { amountPico: parsePico(report.amount)!, asset: `${report.currency}/12` },
    sequence: BigInt(report.sequence),
    contentHash: createHash('sha256').update(bytes).digest(),
    salt,
    // Its own id is what a system made of it, of a business key perhaps: only the commitment holds that.
    leaf: encodeLeaf('usage.report', atUs, {
      report: reportId,
      trace: content.trace,
      span: content.span,
      says: content.says,
      amount: content.amount,
      currency: content.currency,
      sequence: content.sequence,
      content: commitment(salt, bytes).toString('base64'),
      key: caller.keyId,
      bootstrap: caller.isBootstrap ? true : undefined,
    }),
  };
}
