import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/** What one work item adds to a cell of the report. USD in pico. */
export interface CellItem {
  readonly ref: Ref;
  readonly phase: string;
  /** One of the settled items that the figures count; else pending. */
  readonly isSettled: boolean;
  readonly attempts: bigint;
  readonly calls: bigint;
  readonly unpricedCalls: bigint;
  readonly callsWithoutUsage: bigint;
  readonly costPico: bigint;
  readonly directPico: bigint;
}

/** The whole of what `readCellItems` pages through. */
export interface CellTotal {
  readonly items: bigint;
  readonly costPico: bigint;
  readonly directPico: bigint;
  readonly noOutcomePico: bigint;
  readonly outcomes: bigint;
}

interface ItemRow {
  ref: string;
  phase: string;
  is_settled: boolean;
  attempts: bigint;
  calls: bigint;
  unpriced: bigint;
  without_usage: bigint;
  cost: string;
  direct: string;
}

/** The cells of the report that a group is, or all of them for the total. */
const cellFilter = (cell: readonly (string | null)[] | null, bind: (value: unknown) => string): string =>
  cell === null ? 'true' : `grp IS NOT DISTINCT FROM ${bind([...cell])}::text[]`;

/**
 * The work items of a cell, the costliest first, then by ref. An item of the total is one row for each group it is in.
 *
 * @param cell the group's values in the order of `query.groupBy`; null = the total
 * @param after the last item of the page before
 */
export async function readCellItems(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  page: {
    readonly cell: readonly (string | null)[] | null;
    readonly isSettled: boolean;
    readonly after: { readonly costPico: bigint; readonly ref: Ref } | null;
    readonly limit: number;
  },
): Promise<CellItem[]> {
  const { cells, values, bind } = costCells(tenantId, query);
  const filter = cellFilter(page.cell, bind);
  const settled = bind(page.isSettled);
  const after =
    page.after === null
      ? 'true'
      : `(cost < ${bind(page.after.costPico)}::numeric OR (cost = ${bind(page.after.costPico)}::numeric AND ref > ${bind(page.after.ref)}))`;
  const { rows } = await client.query<ItemRow>(
    `${cells}, own AS (
  SELECT ref, phase, is_settled, sum(attempts)::bigint AS attempts, sum(calls)::bigint AS calls,
         sum(unpriced)::bigint AS unpriced, sum(without_usage)::bigint AS without_usage, sum(cost) AS cost,
         sum(direct) AS direct
    FROM cell WHERE ${filter} AND is_settled = ${settled} GROUP BY ref, phase, is_settled
)
SELECT * FROM own WHERE ${after} ORDER BY cost DESC, ref COLLATE "C" LIMIT ${bind(page.limit)}`,
    values,
  );
  return rows.map((row) => ({
    ref: row.ref,
    phase: row.phase,
    isSettled: row.is_settled,
    attempts: row.attempts,
    calls: row.calls,
    unpricedCalls: row.unpriced,
    callsWithoutUsage: row.without_usage,
    costPico: BigInt(row.cost),
    directPico: BigInt(row.direct),
  }));
}

/** What all work items of a cell add up to: the very figures of the report's row. */
export async function readCellTotal(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  cell: readonly (string | null)[] | null,
): Promise<CellTotal> {
  const { cells, values, bind } = costCells(tenantId, query);
  const { rows } = await client.query<{
    items: bigint;
    outcomes: bigint;
    cost: string;
    direct: string;
    no_outcome: string;
  }>(
    `${cells}
SELECT count(DISTINCT ref) AS items, count(DISTINCT ref) FILTER (WHERE phase = 'achieved') AS outcomes,
       coalesce(sum(cost), 0) AS cost, coalesce(sum(direct) FILTER (WHERE phase = 'achieved'), 0) AS direct,
       coalesce(sum(cost) FILTER (WHERE phase <> 'achieved'), 0) AS no_outcome
  FROM cell WHERE is_settled AND ${cellFilter(cell, bind)}`,
    values,
  );
  const row = rows[0]!;
  return {
    items: row.items,
    outcomes: row.outcomes,
    costPico: BigInt(row.cost),
    directPico: BigInt(row.direct),
    noOutcomePico: BigInt(row.no_outcome),
  };
}

/** Every settled item of a cell with its cost, without order: for comparing two sizes of the log. */
export async function readCellCosts(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  cell: readonly (string | null)[] | null,
): Promise<ReadonlyMap<Ref, bigint>> {
  const { cells, values, bind } = costCells(tenantId, query);
  const { rows } = await client.query<{ ref: string; cost: string }>(
    `${cells}
SELECT ref, sum(cost) AS cost FROM cell WHERE is_settled AND ${cellFilter(cell, bind)} GROUP BY ref`,
    values,
  );
  return new Map(rows.map((row) => [row.ref, BigInt(row.cost)]));
}
