import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot } from '#store';
import { Controller, Get, Inject, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pageSizeOf } from '../page.ts';
import { checkReportQuery } from '../reports/report-query.ts';
import { Explanation, explainCell } from './explain-cell.ts';
import { PeriodExplanation } from './explain-period.ts';
import { ExplainQuery } from './explain-query.ts';

const AnyExplanation = z.discriminatedUnion('view', [Explanation, PeriodExplanation]);

@ApiTags('reports')
@Controller('v1/explain')
@RequireRole('analyst', 'auditor')
export class ExplainController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @SerializeOptions({ schema: AnyExplanation })
  @ApiOperation({
    summary: 'What is behind a figure of the cost-per-outcome report, and why it has changed',
    description:
      'The question of the report (view, from, to, group_by, outcome_type, as_of or size) and the row as cell. Lists the ' +
      'work items that sum to it, the costliest first; each leads on to its calls, price rows, links, rules, events and ' +
      'postings. With view=period the charges themselves, call by call. With against_size or against_as_of: the difference to what was known then, by transaction code.',
  })
  @ApiResponse({ status: 200, standardSchema: AnyExplanation })
  async explain(
    @Query({ schema: ExplainQuery }) query: ExplainQuery,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof AnyExplanation>> {
    const { limits, nowUs } = this.api;
    checkReportQuery({ ...query, format: 'json', basis: 'restated' }, nowUs());
    return inTenantSnapshot(this.api.db, tenantId, (client) =>
      explainCell(client, query, {
        tenantId,
        nowUs: nowUs(),
        maxGroupKeys: limits.groupByDimensions,
        pageSize: pageSizeOf(limits, query.limit),
      }),
    );
  }
}
