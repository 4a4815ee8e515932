import { reversedAmounts, type ApprovedReversal } from '#ledger';
import type { SpanId, TraceId } from '#model';
import { reportInForce, type UsageReport } from '#pricing';
import { readReversals, readUsageReports, readWriteOffs, type Client, type WriteOff } from '#store';
import { v5 as uuidFromName } from 'uuid';
import { groupBy } from './group-by.ts';
import { NAMESPACE } from './posting-facts.ts';

/** What people and providers said that moves the cost of traces. */
export interface CostFacts {
  readonly reportOf: (traceId: TraceId, spanId: SpanId) => UsageReport | null;
  /** The reason for which cost of a day and provider is written off as long as nothing links it. */
  readonly writtenOff: (usageDay: string, provider: string) => string | null;
}

/** Reads, as committed by now, what is said of calls of these traces, and the cut-offs in force. */
export async function readCostFacts(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<CostFacts> {
  const reports = groupBy(
    (await readUsageReports(client, tenantId, traceIds)).map((report) => ({
      ...report,
      reportId: report.reportId ?? usageReportId(report.traceId, report.spanId, report.source, report.name),
    })),
    ({ traceId, spanId }) => `${traceId} ${spanId}`,
  );
  const writeOffs = await readWriteOffs(client, tenantId);
  return {
    reportOf: (traceId, spanId) => reportInForce(reports.get(`${traceId} ${spanId}`) ?? []),
    writtenOff: (usageDay, provider) =>
      writeOffs.find((each) => covers(each, usageDay, provider))?.reasonCode ?? null,
  };
}

const covers = ({ fromDay, toDay, provider }: WriteOff, usageDay: string, ofProvider: string): boolean =>
  usageDay < toDay && (fromDay === null || usageDay >= fromDay) && (provider ?? ofProvider) === ofProvider;

/** What a report was named on its charge before reports had random ids. */
const usageReportId = (traceId: TraceId, spanId: SpanId, source: string, name: string): string =>
  uuidFromName(`usage report ${traceId} ${spanId} ${source}\n${name}`, NAMESPACE);

/** The approved reversals of postings, by posting. */
export async function readApprovedReversals(
  client: Client,
  tenantId: bigint,
  postingIds: readonly string[],
): Promise<Map<string, ApprovedReversal[]>> {
  const reversals = (await readReversals(client, tenantId, postingIds)).map(
    ({ transactionId, adjustmentId, entries, ...reversal }): ApprovedReversal => ({
      ...reversal,
      amounts: reversedAmounts(entries),
      reversingId: uuidFromName(`reversal ${adjustmentId} ${transactionId}`, NAMESPACE),
      cause: `adjustment:${adjustmentId}`,
    }),
  );
  return groupBy(reversals, ({ postingId }) => postingId);
}
