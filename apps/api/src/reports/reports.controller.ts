import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { inReportSnapshot } from '#store';
import { Controller, Get, Inject, Param, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { REPORT_TYPES, reportFile } from '../formats/report-file.ts';
import { CostReport, costPerOutcome } from './cost-per-outcome.ts';
import { costTable } from './cost-table.ts';
import { checkReportQuery, ReportQuery } from './report-query.ts';

@ApiTags('reports')
@Controller('v1/reports')
@RequireRole('analyst', 'auditor')
export class ReportsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get(':name')
  @ApiOperation({
    summary: 'What outcomes cost',
    description:
      'settled counts work items that became final in [from, to), with their lifetime cost; cohort those whose first ' +
      'attempt began in it; period shows the charges of it beside its outcomes, without a ratio. Every answer ties ' +
      'its total to all that was metered in the period.',
  })
  @ApiParam({ name: 'name', schema: { type: 'string', enum: ['cost-per-outcome'] } })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: CostReport })
  async report(
    @Param('name') name: string,
    @Query({ schema: ReportQuery }) query: ReportQuery,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CostReport | StreamableFile | string> {
    if (name !== 'cost-per-outcome') throw new RejectedInput('not_found', `there is no report ${name}`);
    const { limits, nowUs, version } = this.api;
    checkReportQuery(query, nowUs());
    const report = await inReportSnapshot(this.api.db, tenantId, (client) =>
      costPerOutcome(client, query, {
        tenantId,
        nowUs: nowUs(),
        engine: version,
        maxGroupKeys: limits.groupByDimensions,
        pageSize: Math.min(query.limit ?? limits.pageSizeMaximum, limits.pageSizeMaximum),
      }),
    );
    return query.format === 'json' ? report : reportFile(reply, query.format, costTable(report));
  }
}
