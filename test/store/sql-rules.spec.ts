import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CHANGEABLE, GROUPS } from '../support/table-groups.ts';

// A grep over the SQL of libs/store for what Citus refuses or silently does wrong (docs/adr/002), and for statements
// that would change a record.

const root = new URL('../../libs/store/src/', import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
  .map((path) => ({ path, text: readFileSync(new URL(path, root), 'utf8') }));

/** Everything the pattern matches, with its file. */
function found(pattern: RegExp): { path: string; match: RegExpMatchArray }[] {
  return files.flatMap(({ path, text }) => [...text.matchAll(pattern)].map((match) => ({ path, match })));
}

const shown = (matches: ReturnType<typeof found>) => matches.map(({ path, match }) => `${path}: ${match[0]}`);

test('DO UPDATE sets values that were sent, never ones computed in the database', () => {
  const offenders = found(/DO UPDATE[^`]*/g).filter(({ match }) =>
    /\b(now|clock_timestamp|gen_random_uuid|random|nextval)\s*\(|\bSELECT\b/i.test(match[0]),
  );
  expect(shown(offenders)).toEqual([]);
});

test('rows are claimed with SKIP LOCKED in local tables only', () => {
  const statements = found(/`[^`]*SKIP LOCKED[^`]*`/g);
  const offenders = statements.filter(({ match }) => {
    const tables = [...match[0].matchAll(/\b(?:FROM|UPDATE|JOIN)\s+([a-z_]+)/g)].map(
      (table) => table[1] ?? '',
    );
    return tables.length === 0 || tables.some((table) => table in GROUPS && GROUPS[table] !== 'local');
  });
  expect(statements.length).toBeGreaterThan(0);
  expect(shown(offenders)).toEqual([]);
});

test('what is claimed is chosen once: a subquery of a join may run again, and claims rows that nobody works on', () => {
  expect(shown(found(/(?:FROM|JOIN)\s*\(SELECT[^`)]*LIMIT[^`)]*SKIP LOCKED/g))).toEqual([]);
  expect(found(/AS MATERIALIZED \([^`]*?LIMIT[^`]*?SKIP LOCKED/g).length).toBeGreaterThan(0);
});

/** Erasure alone does, with a leaf that says so (docs/adr/022). */
test('no statement changes or removes a record', () => {
  const offenders = [
    ...found(/\bUPDATE\s+(?:ONLY\s+)?([a-z_]+)\s+(?:[a-z]+\s+)?SET\b/g),
    ...found(/\bDELETE\s+FROM\s+(?:ONLY\s+)?([a-z_]+)/g),
    ...found(/\bTRUNCATE\s+(?:TABLE\s+)?([a-z_]+)/g),
  ].filter(
    ({ path, match }) =>
      (match[1] ?? '') in GROUPS && !CHANGEABLE.includes(match[1] ?? '') && !path.startsWith('erasure/'),
  );
  expect(shown(offenders)).toEqual([]);
});

test('an upsert overwrites no record', () => {
  const offenders = found(/INSERT\s+INTO\s+([a-z_]+)[^`]*?DO UPDATE/g).filter(
    ({ match }) => (match[1] ?? '') in GROUPS && !CHANGEABLE.includes(match[1] ?? ''),
  );
  expect(shown(offenders)).toEqual([]);
});

test('nothing that Citus refuses: ctid, MERGE, a session-wide SET', () => {
  expect(shown(found(/\bctid\b|\bMERGE\s+INTO\b|`SET (?!LOCAL)[a-z]/g))).toEqual([]);
});
