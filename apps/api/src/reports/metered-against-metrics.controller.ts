import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot } from '#store';
import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import {
  meteredAgainstMetrics,
  MeteredAgainstMetrics,
  meteredAgainstMetricsCsv,
  MeteredAgainstMetricsQuery,
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
  @ApiProduces('application/json', 'text/csv')
  @ApiResponse({ status: 200, standardSchema: MeteredAgainstMetrics })
  async report(
    @Query({ schema: MeteredAgainstMetricsQuery }) query: MeteredAgainstMetricsQuery,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MeteredAgainstMetrics | string> {
    const { limits, version } = this.api;
    const report = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      meteredAgainstMetrics(client, query, {
        tenantId,
        engine: version,
        pageSize: Math.min(query.limit ?? limits.pageSizeMaximum, limits.pageSizeMaximum),
      }),
    );
    if (query.format === 'json') return report;
    if (report.next !== null) void reply.header('link', `<?cursor=${report.next}>; rel="next"`);
    void reply.type('text/csv; charset=utf-8');
    return meteredAgainstMetricsCsv(report);
  }
}
