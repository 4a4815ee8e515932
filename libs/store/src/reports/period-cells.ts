import { booksAt } from './books-at.ts';
import {
  attemptKeysSql,
  datedKeys,
  groupSql,
  keysOfEarliest,
  timeKeysOfDay,
  type GroupKey,
} from './group-keys.ts';

export interface PeriodQuery {
  readonly fromDay: string;
  readonly toDay: string;
  readonly outcomeType: string | null;
  readonly groupBy: readonly GroupKey[];
  /** Leaves of the log the books are read at; null = as they stand. */
  readonly size: number | null;
}

/** Of positions that no attempt has. */
const NO_ATTEMPT = '00000000-0000-0000-0000-000000000000';

/** `usage_day` and `account` of charges in the period, over an alias. */
const ofPeriod = (alias: string): string => `${alias}.tenant_id = $1
     AND ${alias}.usage_day >= $2::date AND ${alias}.usage_day < $3::date AND ${alias}.account >= '5' AND ${alias}.account < '59'`;

const CALL_COLUMNS =
  'e.attempt_id, e.work_item_ref, e.account, e.asset, e.usage_day, e.provider, e.call_model';

/** Entries, to be told apart by calls: the ledger is read, three rows and more for each position. */
const CALL_ENTRIES = `
  SELECT ${CALL_COLUMNS}, sum(e.amount) AS amount FROM ledger_entries e WHERE ${ofPeriod('e')} GROUP BY ${CALL_COLUMNS}`;

/** What attempts cost, by their positions; of what no attempt has, only the ledger knows the work item. */
const ENTRIES = `
  SELECT p.attempt_id, a.work_item_ref, p.account, p.asset, p.usage_day, p.amount
    FROM positions p
    LEFT JOIN attempts a ON a.tenant_id = $1 AND a.trace_id = p.posting_id AND a.attempt_id = p.attempt_id
   WHERE ${ofPeriod('p')} AND p.attempt_id <> '${NO_ATTEMPT}'
  UNION ALL
  SELECT NULL, e.work_item_ref, e.account, e.asset, e.usage_day, sum(e.amount)
    FROM ledger_entries e
   WHERE ${ofPeriod('e')} AND e.attempt_id IS NULL
   GROUP BY 2, 3, 4, 5`;

/**
 * The expressions that the figures of a period are summed from: `cell` is an amount of a group (`grp`), account, asset
 * and usage day in [from, to), as on the bill; there may be several of one.
 *
 * @param more columns of `ledger_entries e` that stand in the cells as well, of which there is one for each entry then;
 *   constants of the callers
 */
export function periodCells(
  tenantId: bigint,
  query: PeriodQuery,
  more: readonly string[] = [],
): {
  readonly cells: string;
  readonly values: unknown[];
  readonly bind: (value: unknown) => string;
} {
  const values: unknown[] = [tenantId, query.fromDay, query.toDay, query.outcomeType];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const keys = attemptKeysSql(query.groupBy, bind);
  const group = groupSql(query.groupBy, 't.keys', {
    outcome_type: 'w.outcome_type',
    ...timeKeysOfDay('e.usage_day'),
    provider: 'e.provider',
    call_model: 'e.call_model',
  });
  const isByCall = query.groupBy.some(({ name }) => name === 'provider' || name === 'call_model');
  const entries =
    more.length > 0
      ? `
  SELECT ${CALL_COLUMNS}, ${more.join(', ')}, e.amount FROM ledger_entries e WHERE ${ofPeriod('e')}`
      : isByCall
        ? CALL_ENTRIES
        : ENTRIES;
  const cells = `
WITH ${booksAt(query.size, bind)}entry AS (${entries}
), keyed AS (
  SELECT a.attempt_id, ${keysOfEarliest(`(${datedKeys(keys)})`)} AS keys
    FROM attempts a
   WHERE a.tenant_id = $1 AND a.attempt_id IN (SELECT p.attempt_id FROM positions p WHERE ${ofPeriod('p')})
   GROUP BY a.attempt_id
), cell AS (
  SELECT ${group} AS grp, e.*
    FROM entry e
    LEFT JOIN keyed t ON t.attempt_id = e.attempt_id
    LEFT JOIN work_items w ON w.tenant_id = $1 AND w.ref = e.work_item_ref
   WHERE $4::text IS NULL OR w.outcome_type = $4
)`;
  return { cells, values, bind };
}
