import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot } from '#store';
import { Controller, Get, Inject, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { REPORT_TYPES, reportFile } from '../formats/report-file.ts';
import {
  meteredAgainstMetrics,
  MeteredAgainstMetrics,
  MeteredAgainstMetricsQuery,
  meteredAgainstMetricsTable,
} from './metered-against-metrics.ts';

@ApiTags('reports')
@Controller('v1/reports/metered-against-metrics')
@RequireRole('analyst', 'auditor')
export class MeteredAgainstMetricsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @ApiOperation({
    summary: 'What metrics counted, against what spans and log records gave',
    description:
      'A row per day, service, model, metric and token class. Metrics are one more copy of the same tokens: they are ' +
      'compared and never added, and never make a charge.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: MeteredAgainstMetrics })
  async report(
    @Query({ schema: MeteredAgainstMetricsQuery }) query: MeteredAgainstMetricsQuery,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MeteredAgainstMetrics | StreamableFile | string> {
    const { limits, version } = this.api;
    const report = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      meteredAgainstMetrics(client, query, {
        tenantId,
        engine: version,
        pageSize: Math.min(query.limit ?? limits.pageSizeMaximum, limits.pageSizeMaximum),
      }),
    );
    return query.format === 'json'
      ? report
      : reportFile(reply, query.format, meteredAgainstMetricsTable(report));
  }
}
