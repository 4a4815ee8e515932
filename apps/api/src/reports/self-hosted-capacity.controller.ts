import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot, readBookRows, readChargedUsage } from '#store';
import { Controller, Get, Inject, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { REPORT_TYPES, ReportFormat, reportFile } from '../formats/report-file.ts';
import { SELF_HOSTED_RATES } from '../settings/kept-books.ts';
import { Day } from './report-query.ts';
import { CapacityReport, capacityReport, capacityTable } from './self-hosted-capacity.ts';
import { tellParameters } from './tell-parameters.ts';
import { sumPico, tieToMetered } from './tie-to-metered.ts';

const CapacityQuery = z.strictObject(
  {
    from: Day,
    to: Day.meta({ description: 'UTC day after the last one' }),
    group_by: z.enum(['', 'day']).default('').meta({ description: 'day: a row for each usage day' }),
    format: ReportFormat,
  },
  { error: tellParameters },
);
const MAX_DAYS = 1_100;
const DAY_MS = 86_400_000;

@ApiTags('reports')
@Controller('v1/reports/self-hosted-capacity')
@RequireRole('analyst', 'auditor')
export class SelfHostedCapacityController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @ApiOperation({
    summary: 'What self-hosted capacity cost, what of it was charged to usage, and what was idle',
    description:
      'Idle capacity is a line of its own here and in no cost per outcome: capacityCost = charged + idle for every row.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: CapacityReport })
  async report(
    @Query({ schema: CapacityQuery }) query: z.infer<typeof CapacityQuery>,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CapacityReport | StreamableFile | string> {
    const { from, to } = query;
    if (from >= to) throw new RejectedInput('unprocessable', 'must be after from', 'to');
    if (Date.parse(to) - Date.parse(from) > MAX_DAYS * DAY_MS)
      throw new RejectedInput('unprocessable', `at most ${MAX_DAYS} days`, 'to');
    const report = await inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const rates = await readBookRows(client, tenantId, SELF_HOSTED_RATES);
      const ids = rates.map(({ priceId }) => priceId);
      const usage = await readChargedUsage(client, tenantId, ids, { from, to });
      const nowNs = this.api.nowUs() * 1000n;
      const capacity = capacityReport(rates, usage, { from, to, isByDay: query.group_by === 'day', nowNs });
      const { rows, totals } = capacity;
      const inUsd = totals.filter(({ currency }) => currency === 'USD').map(({ charged }) => charged);
      const tie = await tieToMetered(
        client,
        { tenantId, engine: this.api.version },
        {
          from,
          to,
          inScopePico: sumPico(inUsd),
          restReason: 'not_self_hosted',
          query: { from, to, group_by: query.group_by },
          content: { rows, totals },
        },
      );
      return { ...capacity, tieOut: tie };
    });
    return query.format === 'json' ? report : reportFile(reply, query.format, capacityTable(report));
  }
}
