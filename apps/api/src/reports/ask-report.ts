import { readSettings, type Client, type GroupKey } from '#store';
import { declaredDimensions } from '../settings/declared-dimensions.ts';
import type { ReportSnapshot } from './kept-snapshots.ts';
import { pastBooks, type PastBooks } from './past-books.ts';
import { BEGINNING, END, readGroupBy, type ReportQuery } from './report-query.ts';

export interface ReportContext {
  readonly tenantId: bigint;
  readonly nowUs: bigint;
  readonly engine: string;
  readonly maxGroupKeys: number;
  readonly pageSize: number;
  readonly snapshot: ReportSnapshot;
}

/** A report's question, resolved: which books, which days, which groups. */
export interface AskedReport {
  readonly query: ReportQuery;
  readonly groupBy: readonly GroupKey[];
  readonly past: PastBooks | null;
  /** What every reader of figures takes. */
  readonly range: {
    readonly fromDay: string;
    readonly toDay: string;
    readonly outcomeType: string | null;
    readonly nowUs: bigint;
    readonly size: number | null;
  };
}

/** Resolves the question in the snapshot of `client`. @throws RejectedInput `unprocessable`, naming the parameter */
export async function askReport(
  client: Client,
  query: ReportQuery,
  context: ReportContext,
): Promise<AskedReport> {
  const { tenantId } = context;
  const past = await pastBooks(client, tenantId, query);
  const size = past?.size ?? null;
  const policies = await readSettings(client, tenantId, 'policies', size);
  return {
    query,
    groupBy: readGroupBy(query, declaredDimensions(policies), context.maxGroupKeys),
    past,
    range: {
      fromDay: query.from ?? BEGINNING,
      toDay: query.to ?? END,
      outcomeType: query.outcome_type ?? null,
      nowUs: past?.sealedAtUs ?? context.nowUs,
      size,
    },
  };
}

/** What was asked, with its defaults, as it stands in the tie-out and under the digest. */
export const questionOf = ({ query, groupBy }: AskedReport): Record<string, string | null> => ({
  view: query.view,
  from: query.from ?? null,
  to: query.to ?? null,
  group_by: groupBy.map(({ name }) => name).join(','),
  outcome_type: query.outcome_type ?? null,
  basis: query.basis,
  ...(query.currency === undefined ? {} : { currency: query.currency }),
});
