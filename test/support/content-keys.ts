import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyDirectory, type Database, type KeyStore } from '#store';

const directories = new WeakMap<Database, string>();

/** Where the keys of a test database's content are kept: one directory for all that open it. */
export function keyDirectoryOf(db: Database): string {
  const known = directories.get(db);
  if (known !== undefined) return known;
  const made = mkdtempSync(join(tmpdir(), 'outcome-ledger-keys-'));
  directories.set(db, made);
  return made;
}

export const contentKeysOf = (db: Database): KeyStore => openKeyDirectory(keyDirectoryOf(db));
