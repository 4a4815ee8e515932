import type { Database } from '#store';

/** Every row of every table of the database (partitions with their parent), as text; bytes are hex, as in a plain dump. */
export async function dumpRows(db: Database): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows: tables } = await db.query<{ name: string }>(
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const dumped = new Map<string, readonly string[]>();
  for (const { name } of tables) {
    const { rows } = await db.query<{ line: string }>(`SELECT t::text AS line FROM ${name} AS t`);
    dumped.set(
      name,
      rows.map(({ line }) => line),
    );
  }
  return dumped;
}

/** Tables in which a word stands: as text, or within bytes. */
export function tablesWith(dump: ReadonlyMap<string, readonly string[]>, word: string): string[] {
  const hex = Buffer.from(word).toString('hex');
  return [...dump].flatMap(([table, lines]) =>
    lines.some((line) => line.includes(word) || line.includes(hex)) ? [table] : [],
  );
}
