import type { Client } from '../connection/database.ts';

/** A word that names somebody or something of a business, and what stands in its place from now on. */
export interface Replacement {
  readonly word: string;
  readonly by: string;
}

/**
 * Tables whose words stay: what the logs hold (nothing personal stands in a leaf), what leaves commit to without a salt,
 * rules and prices, who may do what, and what is replaced by bytes elsewhere.
 */
const KEPT_TABLES = (
  'leaves tree_nodes checkpoints evidence_inbox log_heads log_identity ' +
  'cosignatures access_leaves access_nodes access_checkpoints access_inbox access_heads ' +
  'checkpoint_deliveries ledger_transactions ledger_batches batches tenants principals ' +
  'api_keys definitions policies key_mappings baselines price_books ' +
  'prices fx_rates invoices invoice_lines schema_migrations spans ' +
  'steps resources scopes contents'
).split(' ');

/** Columns that hold nothing but a key or a ref: another one that begins the same is another one. */
const WHOLE: readonly string[] = ['ref', 'work_item_ref', 'other_ref', 'merged_into', 'split_from', 'key'];

/**
 * Replaces words in every text, JSON and list column of the tenant's rows, except where `KEPT_TABLES` says otherwise.
 * Which columns there are is asked of the catalogue: a table that is added is never forgotten. A word counts where it
 * stands by itself: no letter, digit, hyphen or underscore touches it.
 *
 * @returns how many rows were changed, by table
 */
export async function replaceWords(
  client: Client,
  tenantId: bigint,
  replacements: readonly Replacement[],
): Promise<Record<string, number>> {
  if (replacements.length === 0) return {};
  const { rows: columns } = await client.query<{ table: string; column: string; type: string }>(
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND a.atttypid IN ('text'::regtype, 'jsonb'::regtype, 'text[]'::regtype) AND NOT c.relname = ANY ($1::text[])
        AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped)
      ORDER BY 1, 2`,
    [KEPT_TABLES],
  );
  const counts: Record<string, number> = {};
  for (const { table, column, type } of columns) {
    for (const { word, by } of replacements) {
      const statement = WHOLE.includes(column)
        ? wholeColumn(client, table, column, tenantId, word, by)
        : withinColumn(client, table, column, type, tenantId, word, by);
      const { rowCount } = await client.query(...statement);
      if (rowCount !== null && rowCount > 0) counts[table] = (counts[table] ?? 0) + rowCount;
    }
  }
  return counts;
}

type Statement = [text: string, values: unknown[]];

const wholeColumn = (
  client: Client,
  table: string,
  column: string,
  tenantId: bigint,
  word: string,
  by: string,
): Statement => {
  const [t, c] = [client.escapeIdentifier(table), client.escapeIdentifier(column)];
  return [
    `UPDATE ${t} SET ${c} = left(${c}, length(${c}) - length($2)) || $3
      WHERE tenant_id = $1 AND (${c} = $2 OR (right(${c}, length($2) + 1) = ':' || $2
        AND left(${c}, length(${c}) - length($2)) ~ '^[a-z][a-z0-9_]*:[0-9]+:([^:]*=)?$'))`,
    [tenantId, word, by],
  ];
};

const withinColumn = (
  client: Client,
  table: string,
  column: string,
  type: string,
  tenantId: bigint,
  word: string,
  by: string,
): Statement => {
  const [t, c] = [client.escapeIdentifier(table), client.escapeIdentifier(column)];
  const written = type === 'text' ? word : JSON.stringify(word).slice(1, -1);
  return [
    `UPDATE ${t} SET ${c} = regexp_replace(${c}::text, $2, $3, 'g')::${type}
      WHERE tenant_id = $1 AND strpos(${c}::text, $4) > 0 AND ${c}::text ~ $2`,
    [tenantId, patternOf(written), by, written],
  ];
};

/** As PostgreSQL and JavaScript both read it. */
export const patternOf = (word: string): string => `(?<![A-Za-z0-9_-])${escaped(word)}(?![A-Za-z0-9_-])`;

/** The same where hyphens and underscores part words: in ids that are made of a key. */
export const loosePatternOf = (word: string): string => `(?<![A-Za-z0-9])${escaped(word)}(?![A-Za-z0-9])`;

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
