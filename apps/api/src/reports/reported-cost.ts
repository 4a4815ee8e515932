import { RejectedInput } from '#model';
import {
  isByCall,
  readExcludedClaims,
  readReportedCostExamples,
  readReportedCosts,
  type Client,
  type ReportedCostRow as StoredRow,
} from '#store';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../wire.ts';
import { readReportedCostQuery, type ReportedCostQuery } from './reported-cost-query.ts';
import { ExactDecimal, ReportedCostRow, toReportedCostRow } from './reported-cost-row.ts';
import { TieOut } from './tie-out.ts';
import { sumPico, tieToMetered } from './tie-to-metered.ts';

export const ReportedCostReport = z
  .object({
    report: z.literal('reported-cost'),
    period: z.object({ from: z.string().nullable(), to: z.string().nullable() }),
    rows: z.array(ReportedCostRow),
    total: ReportedCostRow.meta({
      description:
        'Every call once, by the claim nearest to the bill: a gateway’s before a client’s estimate',
    }),
    additive: z.boolean().meta({
      description: 'Whether the rows sum to the total: not where two emitters claim a cost of one call',
    }),
    excluded: z
      .array(z.object({ reason: z.string(), claims: z.int(), reportedUsd: ExactDecimal.nullable() }))
      .meta({
        description:
          'Claims held against no charge: total_of_calls (on a container), served_again (a cached answer), ' +
          'sent_again, part_of_total, not_billable, other_currency',
      }),
    next: z.string().nullable(),
    size: TieOut.shape.size,
    root: TieOut.shape.root,
    sealed: TieOut.shape.sealed,
    engine: z.string(),
    query: z.record(z.string(), z.string().nullable()),
    digest: z
      .string()
      .meta({ description: 'SHA-256 of the canonical JSON of query, rows, total and exclusions' }),
    tieOut: TieOut.meta({ description: 'What was computed for the calls in it, of all that was metered' }),
  })
  .meta({ id: 'ReportedCostReport' });
export type ReportedCostReport = z.infer<typeof ReportedCostReport>;

export interface ReportedCostContext {
  readonly tenantId: bigint;
  readonly engine: string;
  readonly pageSize: number;
}

/**
 * What emitters report that their calls cost, held against the charges of the same calls. The two are never added;
 * read in one snapshot, so that the computed side is what stands in the ledger.
 *
 * @throws RejectedInput naming the parameter that has no answer
 */
export async function reportedCost(
  client: Client,
  query: ReportedCostQuery,
  { tenantId, engine, pageSize }: ReportedCostContext,
): Promise<ReportedCostReport> {
  const asked = readReportedCostQuery(query);
  const { groupBy } = asked;
  const stored = await readReportedCosts(client, tenantId, asked);
  const [sum = NOTHING] = await readReportedCosts(client, tenantId, { ...asked, groupBy: [] });
  const page = pageOf(stored, groupBy.length, query.cursor, pageSize);
  const examples = await readReportedCostExamples(client, tenantId, {
    ...asked,
    groups: page.rows.map(({ group }) => group),
    perGroup: query.examples,
  });
  const rows = page.rows.map((row) => {
    const key = JSON.stringify(row.group);
    return toReportedCostRow(
      row,
      groupBy,
      examples.filter(({ group }) => JSON.stringify(group) === key),
    );
  });
  const total = toReportedCostRow(sum, [], []);
  const excluded = (await readExcludedClaims(client, tenantId, asked)).map(
    ({ reason, claims, reported }) => ({
      reason,
      claims: Number(claims),
      reportedUsd: reason === 'other_currency' ? null : reported,
    }),
  );
  const queried = { from: query.from ?? null, to: query.to ?? null, group_by: groupBy.join(',') };
  const tie = await tieToMetered(
    client,
    { tenantId, engine },
    {
      from: query.from ?? null,
      to: query.to ?? null,
      inScopePico: sumPico([total.compared.computedUsd]),
      restReason: 'no_reported_cost',
      query: queried,
      content: { rows, total, excluded },
    },
  );
  return {
    report: 'reported-cost',
    period: { from: query.from ?? null, to: query.to ?? null },
    rows,
    total,
    additive: isByCall(groupBy) || stored.reduce((calls, row) => calls + row.calls, 0n) === sum.calls,
    excluded,
    next: page.next,
    size: tie.size,
    root: tie.root,
    sealed: tie.sealed,
    engine,
    query: queried,
    digest: tie.digest,
    tieOut: tie,
  };
}

const NOTHING: StoredRow = {
  group: [],
  calls: 0n,
  reported: '0',
  comparedCalls: 0n,
  comparedReported: '0',
  computedPico: 0n,
  differingCalls: 0n,
  zeroWithTokens: 0n,
  uncomputedCalls: 0n,
  uncomputedReported: '0',
  uncomputed: {},
};

function pageOf(
  rows: readonly StoredRow[],
  keys: number,
  cursor: string | undefined,
  size: number,
): { rows: readonly StoredRow[]; next: string | null } {
  const after =
    cursor === undefined
      ? null
      : JSON.stringify(decodeCursor(cursor, z.array(z.string().nullable()).length(keys)));
  const start = after === null ? 0 : rows.findIndex(({ group }) => JSON.stringify(group) === after) + 1;
  if (after !== null && start === 0)
    throw new RejectedInput(
      'invalid',
      'names a group that is no longer there; ask from the beginning',
      'cursor',
    );
  const page = rows.slice(start, start + size);
  const last = page.at(-1);
  return {
    rows: page,
    next: last !== undefined && start + size < rows.length ? encodeCursor(last.group) : null,
  };
}
