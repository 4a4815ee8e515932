import type { Queryable } from '../connection/database.ts';

/** What the tables of a group are for, in the order of the data's way. */
export const STORAGE_GROUPS = [
  'spans',
  'traces and steps',
  'content',
  'outcomes',
  'ledger',
  'evidence',
  'data quality',
  'work and queues',
  'everything else',
] as const;
export type StorageGroup = (typeof STORAGE_GROUPS)[number];

/** Disk space of the tables of a group, on this server. */
export interface GroupStorage {
  readonly group: StorageGroup;
  /** With what is stored out of line. */
  readonly tableBytes: bigint;
  readonly indexBytes: bigint;
}

export interface Storage {
  /** Every group, in order. */
  readonly groups: readonly GroupStorage[];
  /** Spans and log records that are stored, those of days that were let go included. */
  readonly spans: bigint;
}

/** What tables begin with; the first that fits. Tables that nobody named count as everything else. */
const PREFIXES: readonly (readonly [StorageGroup, RegExp])[] = [
  ['spans', /^(spans(_\d{8})?|span_places|span_days|resources|scopes)$/],
  ['traces and steps', /^(traces|steps|trace_refs|attempts|attempt_history|links|link_.*)$/],
  ['content', /^(contents|content_.*|erasures)$/],
  ['outcomes', /^(outcome_.*|work_item.*|decisions|cost_lines?.*|imports)$/],
  [
    'ledger',
    /^(postings|ledger_.*|positions|item_positions|reversals|adjustment_.*|periods|invoices|invoice_lines|reconciliations)$/,
  ],
  [
    'evidence',
    /^(batches|leaves|tree_nodes|log_.*|checkpoints?.*|cosignatures|evidence_inbox|access_.*|exports|export_chunks)$/,
  ],
  ['data quality', /^(quality_.*|trace_quality|emitters|cost_claims|set_aside|counter_.*|usage_reports)$/],
  ['work and queues', /^(due_.*|fact_inbox|causes|cause_.*|preview.*|job.*|check_.*)$/],
];

/**
 * Disk space by what it is for. The one place that asks for sizes: on a cluster they have to be asked for differently
 * (docs/adr/002).
 */
export async function readStorage(db: Queryable): Promise<Storage> {
  const { rows } = await db.query<{
    schema: string;
    name: string;
    table_bytes: bigint;
    index_bytes: bigint;
  }>(
    `SELECT n.nspname AS schema, c.relname AS name, pg_table_size(c.oid) AS table_bytes,
            pg_indexes_size(c.oid) AS index_bytes
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname IN ('public', 'bullmq')`,
  );
  const { rows: counted } = await db.query<{ spans: bigint }>(
    `SELECT coalesce(sum(stored), 0)::bigint AS spans FROM batches WHERE signal <> 'metrics'`,
  );
  const sums = new Map<StorageGroup, { table: bigint; index: bigint }>(
    STORAGE_GROUPS.map((group) => [group, { table: 0n, index: 0n }]),
  );
  for (const row of rows) {
    const sum = sums.get(row.schema === 'bullmq' ? 'work and queues' : groupOf(row.name))!;
    sum.table += row.table_bytes;
    sum.index += row.index_bytes;
  }
  return {
    groups: [...sums].map(([group, { table, index }]) => ({ group, tableBytes: table, indexBytes: index })),
    spans: counted[0]!.spans,
  };
}

const groupOf = (name: string): StorageGroup =>
  PREFIXES.find(([, pattern]) => pattern.test(name))?.[0] ?? 'everything else';
