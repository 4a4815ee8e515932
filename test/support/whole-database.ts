import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { Database } from '#store';

/**
 * Every row of every table of the database (partitions with their parent) and every large object, as text; bytes are hex,
 * as in a plain dump. The embedded server comes without pg_dump.
 */
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
  const { rows: objects } = await db.query<{ line: string }>('SELECT data::text AS line FROM pg_largeobject');
  dumped.set(
    'pg_largeobject',
    objects.map(({ line }) => line),
  );
  return dumped;
}

/** Tables in which a word stands: as text, in hex or base64, or within what is compressed. */
export function tablesWith(dump: ReadonlyMap<string, readonly string[]>, word: string): string[] {
  const forms = [word, Buffer.from(word).toString('hex'), ...base64FormsOf(word)];
  return [...dump].flatMap(([table, lines]) =>
    lines.some(
      (line) =>
        forms.some((form) => line.includes(form)) ||
        inflatedIn(line).some((text) => forms.some((form) => text.includes(form))),
    )
      ? [table]
      : [],
  );
}

/** What of the base64 of any text with the word in it follows from the word alone, for each of the three places it may begin at. */
function base64FormsOf(word: string): string[] {
  return [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(word)]);
    return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
  });
}

/** Whatever in a row decompresses. */
function inflatedIn(line: string): string[] {
  const cells = [
    ...[...line.matchAll(/x((?:1f8b|78(?:01|5e|9c|da))(?:[0-9a-f]{2}){8,})/g)].map(([, hex]) =>
      Buffer.from(hex!, 'hex'),
    ),
    ...[...line.matchAll(/(?:H4sI|eJ|eN|eA)[A-Za-z0-9+/]{10,}={0,2}/g)].map(([text]) =>
      Buffer.from(text, 'base64'),
    ),
  ];
  return cells.flatMap((cell) =>
    [gunzipSync, inflateSync, inflateRawSync].flatMap((open) => {
      try {
        return [open(cell).toString('latin1')];
      } catch {
        return [];
      }
    }),
  );
}
