import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { Controller, Get, Inject, Param, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { REPORT_TYPES, reportFile } from '../formats/report-file.ts';
import { CostReport, costPerOutcome } from './cost-per-outcome.ts';
import { costTable } from './cost-table.ts';
import { ReportQuery } from './report-query.ts';
import { ReportReader, SNAPSHOT_HEADER_OPTIONS } from './report-reader.ts';

@ApiTags('reports')
@ApiHeader(SNAPSHOT_HEADER_OPTIONS)
@Controller('v1/reports')
@RequireRole('analyst', 'auditor')
export class ReportsController {
  constructor(@Inject(ReportReader) private readonly reports: ReportReader) {}

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
    const report = await this.reports.read(tenantId, query, reply, (client, context) =>
      costPerOutcome(client, query, context),
    );
    return query.format === 'json' ? report : reportFile(reply, query.format, costTable(report));
  }
}
