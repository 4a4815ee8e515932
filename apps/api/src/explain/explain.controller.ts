import { Caller, RequireRole, type Principal } from '#server';
import { Controller, Get, Inject, Query, Res, SerializeOptions } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pageSizeOf } from '../page.ts';
import { ReportReader, SNAPSHOT_HEADER_OPTIONS } from '../reports/report-reader.ts';
import { Explanation, explainCell } from './explain-cell.ts';
import { PeriodExplanation } from './explain-period.ts';
import { ExplainQuery } from './explain-query.ts';
import { explainSegment, ExplainSegmentQuery, SegmentExplanation } from './explain-segment.ts';

const AnyExplanation = z.discriminatedUnion('view', [Explanation, PeriodExplanation]);

@ApiTags('reports')
@ApiHeader(SNAPSHOT_HEADER_OPTIONS)
@Controller('v1/explain')
@RequireRole('analyst', 'auditor')
export class ExplainController {
  constructor(
    @Inject(API_CONTEXT) private readonly api: ApiContext,
    @Inject(ReportReader) private readonly reports: ReportReader,
  ) {}

  @Get()
  @SerializeOptions({ schema: AnyExplanation })
  @ApiOperation({
    summary: 'What is behind a figure of the cost-per-outcome report, and why it has changed',
    description:
      'The question of the report (view, from, to, group_by, outcome_type, basis, as_of or size) and the row as cell. Lists the ' +
      'work items that sum to it, the costliest first; each leads on to its calls, price rows, links, rules, events and ' +
      'postings. With view=period the charges themselves, call by call. With against_size or against_as_of: the difference to what was known then, by transaction code.',
  })
  @ApiResponse({ status: 200, standardSchema: AnyExplanation })
  async explain(
    @Query({ schema: ExplainQuery }) query: ExplainQuery,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof AnyExplanation>> {
    return this.reports.read(tenantId, query, reply, (client, context) =>
      explainCell(client, query, { ...context, pageSize: pageSizeOf(this.api.limits, query.limit) }),
    );
  }

  @Get('segment')
  @SerializeOptions({ schema: SegmentExplanation })
  @ApiOperation({
    summary: 'The work items that a figure of a segment is of',
    description:
      'The question of the report, its row as cell, and the conditions of a segment of that row. Lists the items of half ' +
      'B inside it (or outside), the dearest first: their loaded costs sum to loadedCostUsd of that side, which over its ' +
      'outcomes is the figure.',
  })
  @ApiResponse({ status: 200, standardSchema: SegmentExplanation })
  explainSegment(
    @Query({ schema: ExplainSegmentQuery }) query: ExplainSegmentQuery,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SegmentExplanation> {
    return this.reports.read(tenantId, query, reply, (client, context) =>
      explainSegment(client, query, { ...context, pageSize: pageSizeOf(this.api.limits, query.limit) }),
    );
  }
}
