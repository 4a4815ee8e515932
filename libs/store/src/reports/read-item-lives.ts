import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';
import { costCells, type CostPerOutcomeQuery } from './cost-cells.ts';

/** A work item of a population in one group: when it was worked at, and what became of it. */
export interface ItemLifeRow {
  readonly group: readonly (string | null)[];
  readonly ref: Ref;
  readonly phase: string;
  /** One of the settled items of the population; else pending. */
  readonly isSettled: boolean;
  readonly attempts: number;
  /** 1, and one more for each reopening. */
  readonly generation: number;
  readonly firstAttemptAtUs: bigint | null;
  readonly finalAtUs: bigint | null;
  readonly humanMs: bigint;
  readonly callsPico: bigint;
}

/**
 * Every item of the population, pending ones too, once for each group it is in; by ref, then group.
 * @param limit rows at most; one more than is wanted tells that there are more
 */
export async function readItemLives(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  limit: number,
): Promise<ItemLifeRow[]> {
  const { cells, values, bind } = costCells(tenantId, query);
  const { rows } = await client.query<Row>(
    `${cells}
SELECT c.grp, c.ref, c.phase, c.is_settled, c.attempts::int AS attempts, w.generation, w.first_attempt_at, w.final_at,
       w.human_ms, c.cost
  FROM cell c JOIN work_items w ON w.tenant_id = $1 AND w.ref = c.ref
 ORDER BY c.ref COLLATE "C", c.grp LIMIT ${bind(limit)}`,
    values,
  );
  return rows.map((row) => ({
    group: row.grp,
    ref: row.ref,
    phase: row.phase,
    isSettled: row.is_settled,
    attempts: row.attempts,
    generation: row.generation,
    firstAttemptAtUs: row.first_attempt_at,
    finalAtUs: row.final_at,
    humanMs: row.human_ms,
    callsPico: BigInt(row.cost),
  }));
}

interface Row {
  grp: (string | null)[];
  ref: Ref;
  phase: string;
  is_settled: boolean;
  attempts: number;
  generation: number;
  first_attempt_at: bigint | null;
  final_at: bigint | null;
  human_ms: bigint;
  cost: string;
}
