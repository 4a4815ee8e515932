import type { OutcomeTier, OutcomeValue, Ref } from '#model';
import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import { valuesOf, type Column } from './column.ts';

export interface WorkItemUpdate {
  readonly ref: Ref;
  readonly outcomeType: string;
  readonly definition: string;
  readonly phase: string;
  readonly phaseAtUs: bigint | null;
  readonly finalAtUs: bigint | null;
  readonly generation: number;
  readonly value: OutcomeValue | null;
  readonly tier: OutcomeTier | null;
  readonly quality: string | null;
  /** The item its cost follows, and the one it bears a part of; as far as they stand. */
  readonly mergedInto: Ref | null;
  readonly splitFrom: { readonly origin: Ref; readonly weight: bigint } | null;
  /** What this service records of it when that time has come. */
  readonly deadline: { readonly verb: string; readonly atUs: bigint } | null;
  readonly eventCount: number;
  readonly firstAttemptAtUs: bigint | null;
  readonly lastAttemptAtUs: bigint | null;
  /** Cost lines that count; those without a price; those priced by a rate that the customer put in. */
  readonly costLines: number;
  readonly unpricedLines: number;
  readonly assumedLines: number;
  /** Human time, priced or not. */
  readonly humanMs: bigint;
}

const time = (us: bigint | null): string | null => (us === null ? null : timestampFromUs(us));

/** Everything that is folded from the item's facts: what is written, compared and kept. */
const COLUMNS: readonly Column<WorkItemUpdate>[] = [
  ['phase', 'text', (item) => item.phase],
  ['phase_at', 'timestamptz', (item) => time(item.phaseAtUs)],
  ['final_at', 'timestamptz', (item) => time(item.finalAtUs)],
  ['generation', 'integer', (item) => item.generation],
  ['value_amount', 'numeric', (item) => item.value?.amountPico ?? null],
  ['value_asset', 'text', (item) => item.value?.asset ?? null],
  ['tier', 'text', (item) => item.tier],
  ['quality', 'text', (item) => item.quality],
  ['merged_into', 'text', (item) => item.mergedInto],
  ['split_from', 'text', (item) => item.splitFrom?.origin ?? null],
  ['split_weight', 'bigint', (item) => item.splitFrom?.weight ?? null],
  ['deadline_verb', 'text', (item) => item.deadline?.verb ?? null],
  ['deadline_at', 'timestamptz', (item) => time(item.deadline?.atUs ?? null)],
  ['event_count', 'integer', (item) => item.eventCount],
  ['first_attempt_at', 'timestamptz', (item) => time(item.firstAttemptAtUs)],
  ['last_attempt_at', 'timestamptz', (item) => time(item.lastAttemptAtUs)],
  ['cost_lines', 'integer', (item) => item.costLines],
  ['unpriced_lines', 'integer', (item) => item.unpricedLines],
  ['assumed_lines', 'integer', (item) => item.assumedLines],
  ['human_ms', 'bigint', (item) => item.humanMs],
  ['outcome_type', 'text', (item) => item.outcomeType],
  ['definition', 'text', (item) => item.definition],
];
const names = COLUMNS.map(([name]) => name);
const of = (alias: string): string => `(${names.map((name) => `${alias}.${name}`).join(', ')})`;
const GIVEN = `unnest($3::text[], ${COLUMNS.map(([, type], n) => `$${n + 4}::${type}[]`).join(', ')})
       AS n (ref, ${names.join(', ')})`;

const KEEP = `
INSERT INTO work_item_history (tenant_id, ref, from_batch, to_batch, was)
SELECT $1, w.ref, w.since_batch, $2, to_jsonb(w) - 'id_seed'
  FROM work_items w JOIN ${GIVEN} ON n.ref = w.ref
 WHERE w.tenant_id = $1 AND w.since_batch IS NOT NULL AND ${of('w')} IS DISTINCT FROM ${of('n')}`;

const WRITE = `
UPDATE work_items w SET since_batch = $2, ${names.map((name) => `${name} = n.${name}`).join(', ')}
  FROM ${GIVEN}
 WHERE w.tenant_id = $1 AND w.ref = n.ref AND (w.since_batch IS NULL OR ${of('w')} IS DISTINCT FROM ${of('n')})`;

/**
 * Writes the folded state of items that the caller holds (`lockWorkItems`). What an item was is kept; one that is
 * what it was is left alone.
 *
 * @param isNew whether the caller's transaction made the item
 * @param batchId the posting commit this is part of
 * @returns how many items changed
 */
export async function updateWorkItems(
  db: Queryable,
  tenantId: bigint,
  items: readonly WorkItemUpdate[],
  isNew: (ref: Ref) => boolean,
  batchId: string,
): Promise<number> {
  if (items.length === 0) return 0;
  const valuesFor = (some: readonly WorkItemUpdate[]): unknown[] => [
    tenantId,
    batchId,
    some.map(({ ref }) => ref),
    ...valuesOf(COLUMNS, some),
  ];
  const known = items.filter(({ ref }) => !isNew(ref));
  if (known.length > 0) await db.query({ name: 'keep-work-items', text: KEEP, values: valuesFor(known) });
  const { rowCount } = await db.query({ name: 'write-work-items', text: WRITE, values: valuesFor(items) });
  return rowCount ?? 0;
}

const REBUILD = `
UPDATE work_items w SET ${names.map((name) => `${name} = n.${name}`).join(', ')}
  FROM ${GIVEN.replaceAll(/\$(\d+)/g, (_, number: string) => `$${Number(number) - 1}`)}
 WHERE w.tenant_id = $1 AND w.ref = n.ref AND ${of('w')} IS DISTINCT FROM ${of('n')}`;

/**
 * Writes the folded state of held items over whatever stands: a projection that was made again, not a change of the
 * books. So nothing is kept in the history, and an item keeps the commit it is since.
 *
 * @returns how many were other than they are now
 */
export async function rebuildWorkItems(
  db: Queryable,
  tenantId: bigint,
  items: readonly WorkItemUpdate[],
): Promise<number> {
  const values = [tenantId, items.map(({ ref }) => ref), ...valuesOf(COLUMNS, items)];
  const { rowCount } = await db.query(REBUILD, values);
  return rowCount ?? 0;
}
