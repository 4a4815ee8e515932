import { parsePico } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import type { Client } from '#store';
import { Controller, Get, Inject, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { REPORT_TYPES, reportFile } from '../formats/report-file.ts';
import type { ReportContext } from '../reports/ask-report.ts';
import { ReportQuery } from '../reports/report-query.ts';
import { ReportReader, SNAPSHOT_HEADER_OPTIONS } from '../reports/report-reader.ts';
import { Money } from '../wire.ts';
import { BaselineReport, baselineReport, BaselineRow } from './baseline-report.ts';
import type { EconomicsReport, OutcomeHead } from './economics-report.ts';
import { economicsTable } from './economics-table.ts';
import { OverTimeQuery, OverTimeReport, overTimeReport, OverTimeRow } from './over-time-report.ts';
import { BaselineQuery } from './quality-adjusted.ts';
import { RetriesReport, retriesReport, RetriesRow } from './retries-report.ts';
import {
  SegmentsReport,
  segmentsReport,
  SegmentsRow,
  SentenceReport,
  sentenceReport,
  SentenceRow,
} from './segments-report.ts';
import { TailsReport, tailsReport, TailsRow } from './tails-report.ts';
import { WasteQuery, WasteReport, wasteReport, WasteRow } from './waste-report.ts';

const RetriesQuery = ReportQuery.extend({
  hand_off_usd: Money.refine((text) => (parsePico(text) ?? 0n) > 0n, 'must be above 0')
    .optional()
    .meta({
      description: 'What finishing an item by other means costs; absent: the baseline of its outcome type',
    }),
});

/** How sure a cost per outcome is, how it is spread, and what retrying buys. */
@ApiTags('reports')
@ApiHeader(SNAPSHOT_HEADER_OPTIONS)
@Controller('v1/reports')
@RequireRole('analyst', 'auditor')
export class EconomicsController {
  constructor(@Inject(ReportReader) private readonly reports: ReportReader) {}

  @Get('tails')
  @ApiOperation({
    summary: 'How cost per item is spread: percentiles, the dearest items, the interval of cost per outcome',
    description:
      'Percentiles are costs that occurred, with distribution-free bounds, or none where items are too few.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: TailsReport })
  tails(
    @Query({ schema: ReportQuery }) query: ReportQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TailsReport | StreamableFile | string> {
    return this.answer(caller, query, reply, TailsRow, (client, context) =>
      tailsReport(client, query, context),
    );
  }

  @Get('retries')
  @ApiOperation({
    summary: 'What attempts cost and buy by their number, and after how many handing off is cheaper',
    description:
      'Success by number of the attempt is read from what happened; nothing is advised with fewer than five ' +
      'successes and five failures, nor about more attempts than were seen.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: RetriesReport })
  retries(
    @Query({ schema: RetriesQuery }) query: z.infer<typeof RetriesQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RetriesReport | StreamableFile | string> {
    const handOffPico = query.hand_off_usd === undefined ? null : parsePico(query.hand_off_usd);
    return this.answer(caller, query, reply, RetriesRow, (client, context) =>
      retriesReport(client, query, context, handOffPico),
    );
  }

  @Get('over-time')
  @ApiOperation({
    summary: 'Cost per outcome by day, week or month, with intervals, maturity and the baseline',
    description:
      'A row for each workflow and outcome type (or what group_by says) and bucket of time. Settled items stand in the ' +
      'bucket in which they became final, those of a cohort in that of their first attempt; open ones of view=settled ' +
      'in a row whose bucket is null.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: OverTimeReport })
  overTime(
    @Query({ schema: OverTimeQuery }) query: z.infer<typeof OverTimeQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OverTimeReport | StreamableFile | string> {
    return this.answer(caller, query, reply, OverTimeRow, (client, context) =>
      overTimeReport(client, query, context),
    );
  }

  @Get('segments')
  @ApiOperation({
    summary: 'Where the economics break, by what was known of work items at their intake',
    description:
      'Segments are looked for in one half of the items and told from the other. Attributes are those that the policy ' +
      'intake declares, as outcome events stated them for a time before the first attempt. Ask for one outcome type, by ' +
      'workflow.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: SegmentsReport })
  segments(
    @Query({ schema: ReportQuery }) query: ReportQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SegmentsReport | StreamableFile | string> {
    return this.answer(caller, query, reply, SegmentsRow, (client, context) =>
      segmentsReport(client, query, context),
    );
  }

  @Get('sentence')
  @ApiOperation({
    summary: 'What a manager reads of each workflow and each segment of it that holds',
    description:
      'Every slot is computed and what is not known is said to be unknown; it states what goes together, never what ' +
      'brings it about.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: SentenceReport })
  sentence(
    @Query({ schema: ReportQuery }) query: ReportQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SentenceReport | StreamableFile | string> {
    return this.answer(caller, query, reply, SentenceRow, (client, context) =>
      sentenceReport(client, query, context),
    );
  }

  @Get('baseline')
  @ApiOperation({
    summary: 'What an outcome costs against what it costs otherwise, with the decision that stands on it',
    description:
      'Loaded cost (calls, people, tools, used overhead) against the cheapest recorded baseline of the outcome type. ' +
      'What is not told apart is held, and a baseline that is an assumption decides nothing.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: BaselineReport })
  baseline(
    @Query({ schema: BaselineQuery }) query: BaselineQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BaselineReport | StreamableFile | string> {
    return this.answer(caller, query, reply, BaselineRow, (client, context) =>
      baselineReport(client, query, context),
    );
  }

  @Get('waste')
  @ApiOperation({
    summary: 'What cost is made of: essential, waste by rule, failed attempts, and what nobody can tell',
    description:
      'Each pico is in one of them. Rules that need content find nothing without it, and then say null. It is an ' +
      'analysis beside the books: nothing of it is posted. What was posted a moment ago is judged a moment later.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: WasteReport })
  waste(
    @Query({ schema: WasteQuery }) query: WasteQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WasteReport | StreamableFile | string> {
    return this.answer(caller, query, reply, WasteRow, (client, context) =>
      wasteReport(client, query, context),
    );
  }

  private async answer<Row extends OutcomeHead, Report extends EconomicsReport<Row>>(
    { tenantId }: Principal,
    query: ReportQuery,
    reply: FastifyReply,
    row: z.ZodType<Row>,
    make: (client: Client, context: ReportContext) => Promise<Report>,
  ): Promise<Report | StreamableFile | string> {
    const report = await this.reports.read(tenantId, query, reply, make);
    return query.format === 'json' ? report : reportFile(reply, query.format, economicsTable(report, row));
  }
}
