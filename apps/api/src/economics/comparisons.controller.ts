import { Caller, RequireRole, type Principal } from '#server';
import type { Client } from '#store';
import { Controller, Get, Inject, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { REPORT_TYPES, reportFile, type ReportTable } from '../formats/report-file.ts';
import type { ReportContext } from '../reports/ask-report.ts';
import type { ReportQuery } from '../reports/report-query.ts';
import { ReportReader, SNAPSHOT_HEADER_OPTIONS } from '../reports/report-reader.ts';
import { economicsTable } from './economics-table.ts';
import { MaturityQuery, MaturityReport, maturityReport, MaturityRow } from './maturity-report.ts';
import { MoversQuery, moversReport } from './movers-report.ts';
import { MoversReport } from './movers-row.ts';
import { moversTable } from './movers-table.ts';
import { OperatingQuery, OperatingReport, operatingReport, OperatingRow } from './operating-report.ts';
import { SpendQuery, SpendReport, spendReport, SpendRow } from './spend-report.ts';

/** Periods, cohorts and spenders held against each other. */
@ApiTags('reports')
@ApiHeader(SNAPSHOT_HEADER_OPTIONS)
@Controller('v1/reports')
@RequireRole('analyst', 'auditor')
export class ComparisonsController {
  constructor(@Inject(ReportReader) private readonly reports: ReportReader) {}

  @Get('movers')
  @ApiOperation({
    summary: 'What moved the cost between two periods, exactly',
    description:
      'Volume, mix, attempts, calls, usage and price of each group; they sum to the change of the group and of the ' +
      'total, to the pico. The largest change comes first.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: MoversReport })
  movers(
    @Query({ schema: MoversQuery }) query: z.infer<typeof MoversQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MoversReport | StreamableFile | string> {
    return this.answer(caller, query, reply, moversTable, (client, context) =>
      moversReport(client, query, context),
    );
  }

  @Get('maturity')
  @ApiOperation({
    summary: 'How far a young cohort is known, and how many outcomes it will have',
    description:
      'By what became of older items of the same group that stood alike at the same age, bounded by what is possible. ' +
      'Nothing is told where less than half of the outcomes is known.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: MaturityReport })
  maturity(
    @Query({ schema: MaturityQuery }) query: z.infer<typeof MaturityQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MaturityReport | StreamableFile | string> {
    const asked = { ...query, view: 'cohort' as const };
    const table = (report: MaturityReport) => economicsTable(report, MaturityRow);
    return this.answer(caller, asked, reply, table, (client, context) =>
      maturityReport(client, query, context),
    );
  }

  @Get('spend')
  @ApiOperation({
    summary: 'Spend against outcome by person, team or agent, and what it must not be used for',
    description:
      'Against the middle one of the peers in the same group. Nobody is ranked, groups of fewer than five are left out, ' +
      'and where further spend is known to pay a cap is blocked.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: SpendReport })
  spend(
    @Query({ schema: SpendQuery }) query: z.infer<typeof SpendQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SpendReport | StreamableFile | string> {
    const table = (report: SpendReport): ReportTable<z.infer<typeof SpendRow>> => {
      const { beside, ...own } = economicsTable(report, SpendRow);
      const csv = report.warnings.map((note) => ({ cells: {}, note }));
      return {
        ...own,
        beside: [...beside, { record: 'warnings', value: { warnings: report.warnings }, csv }],
      };
    };
    return this.answer(caller, query, reply, table, (client, context) => spendReport(client, query, context));
  }

  @Get('operating-model')
  @ApiOperation({
    summary: 'How the work went before and after a day',
    description:
      'Touchless, first-time-right and reopened shares, cycle times, minutes of people and work in progress, beyond what ' +
      'changed in work that the change did not touch. Released capacity is no cash.',
  })
  @ApiProduces(...REPORT_TYPES)
  @ApiResponse({ status: 200, standardSchema: OperatingReport })
  operatingModel(
    @Query({ schema: OperatingQuery }) query: z.infer<typeof OperatingQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperatingReport | StreamableFile | string> {
    const asked = { ...query, view: 'settled' as const };
    const table = (report: OperatingReport) => economicsTable(report, OperatingRow);
    return this.answer(caller, asked, reply, table, (client, context) =>
      operatingReport(client, query, context),
    );
  }

  private async answer<Report extends object, Row extends object>(
    { tenantId }: Principal,
    query: ReportQuery,
    reply: FastifyReply,
    table: (report: Report) => ReportTable<Row>,
    make: (client: Client, context: ReportContext) => Promise<Report>,
  ): Promise<Report | StreamableFile | string> {
    const report = await this.reports.read(tenantId, query, reply, make);
    return query.format === 'json' ? report : reportFile(reply, query.format, table(report));
  }
}
