import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot } from '#store';
import { Controller, Get, Inject, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { REPORT_TYPES, reportFile } from '../formats/report-file.ts';
import { reportedCost, ReportedCostReport } from './reported-cost.ts';
import { ReportedCostQuery } from './reported-cost-query.ts';
import { reportedCostTable } from './reported-cost-table.ts';

@ApiTags('reports')
@Controller('v1/reports/reported-cost')
@RequireRole('analyst', 'auditor')
export class ReportedCostController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @ApiOperation({
    summary: 'What emitters say their calls cost, against what was computed for the same calls',
    description:
      'Kept apart, never added. Grouped by emitter or source, every emitter’s own claims are compared, once a call; ' +
      'otherwise each call once, by the claim nearest to the bill.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: ReportedCostReport })
  async report(
    @Query({ schema: ReportedCostQuery }) query: ReportedCostQuery,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReportedCostReport | StreamableFile | string> {
    const { limits, version } = this.api;
    const report = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      reportedCost(client, query, {
        tenantId,
        engine: version,
        pageSize: Math.min(query.limit ?? limits.pageSizeMaximum, limits.pageSizeMaximum),
      }),
    );
    return query.format === 'json' ? report : reportFile(reply, query.format, reportedCostTable(report));
  }
}
