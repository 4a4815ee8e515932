import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Unavailable } from '#model';
import type { Hash16, RecordHashes } from '#otlp';
import type { Client, Database, Queryable } from '../connection/database.ts';
import { inTransaction } from '../connection/transaction.ts';
import { replaceDurably } from '../evidence/key-directory.ts';

/** Changing it makes other values of the keys that databases know: never do. */
const CHECK = 'outcome-ledger record id key 1';
const CHECK_BYTES = 8;
const KEY_BYTES = 32;
const KEY_FILE = /^records-[0-9a-f]{16}\.key$/;
const FIRST_KEY_LOCK = 'outcome-ledger record id keys';
/**
 * From its recording to the first record that a key is for: by then every process has read of it, and records that were
 * received before, under the earlier rule, are of earlier times.
 */
const BEGINS_AFTER = '1 hour';
const FRESH_MS = 60_000;
const RETRY_MS = 5_000;

/** A key, and the times of the records that it is for: from `beginsAtMs` to the next one's. */
interface KeyTerm {
  /** Hex; only the key makes it. */
  readonly check: string;
  /** Milliseconds since 1970; null = records of every time. */
  readonly beginsAtMs: number | null;
}

/**
 * What the ids of log records follow from, by the time of the record: an HMAC-SHA-256 (RFC 2104) under a key of the
 * key directory, `records-<check>.key`, which the database knows by its check alone; of records from before the first key,
 * plain SHA-256. Records of one time have one rule for ever, so what is sent again is known again (docs/adr/040).
 */
export class RecordIdKeys {
  private known: { readonly hashes: RecordHashes; readonly freshUntilMs: number } | null = null;
  private asked: Promise<RecordHashes> | null = null;

  constructor(
    private readonly db: Database,
    private readonly keyDir: string,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /**
   * At once, but for the first time. The first process that asks for a database makes the first key.
   *
   * @throws Unavailable (the promise) where a key that the database knows is not in the directory, or either cannot be
   *   reached: records under other ids would be charged again when they are sent again
   */
  hashes(): RecordHashes | Promise<RecordHashes> {
    const { known } = this;
    if (known === null) return this.ask();
    if (this.nowMs() >= known.freshUntilMs) this.ask().catch(() => undefined);
    return known.hashes;
  }

  private ask(): Promise<RecordHashes> {
    this.asked ??= this.read().finally(() => (this.asked = null));
    return this.asked;
  }

  private async read(): Promise<RecordHashes> {
    let terms = await readTerms(this.db);
    if (terms.length === 0) {
      await reachable(() => inTransaction(this.db, (client) => beginFirst(client, this.keyDir)));
      terms = await readTerms(this.db);
    }
    const keys = await reachable(() => readKeys(this.keyDir));
    const hashes = hashesOf(terms, keys);
    this.known = { hashes, freshUntilMs: this.nowMs() + FRESH_MS };
    return hashes;
  }
}

/**
 * Makes another key for the records from an hour from now on, or after the beginning of one that is to come. Where the
 * newest key is lost, it is for the records of that one as well, at once. Every process that receives has to find its
 * file by then.
 *
 * @returns the name of its file in the key directory, and when it begins (RFC 3339)
 */
export async function addRecordIdKey(
  db: Database,
  keyDir: string,
): Promise<{ readonly file: string; readonly beginsAt: string }> {
  return inTransaction(db, async (client) => {
    // Before any receiver's start as well the first records get a key.
    await beginFirst(client, keyDir);
    const newest = (await readTerms(client)).at(-1)!;
    const isLost = !(await readKeys(keyDir)).has(newest.check);
    const check = await createKey(keyDir);
    const { rows } = await client.query<{ beginsAt: string }>(
      `INSERT INTO record_id_keys (key_check, begins_at)
       SELECT decode($1, 'hex'),
              date_trunc('second', greatest(clock_timestamp() + $2::interval, max(begins_at) + interval '1 second'))
         FROM record_id_keys
       RETURNING to_char(begins_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "beginsAt"`,
      [check, isLost ? '0' : BEGINS_AFTER],
    );
    return { file: fileOf(check), beginsAt: rows[0]!.beginsAt };
  });
}

/** @param keys by their checks @throws Unavailable where the newest is not there */
function hashesOf(terms: readonly KeyTerm[], keys: ReadonlyMap<string, Buffer>): RecordHashes {
  const newest = terms.at(-1)!;
  if (!keys.has(newest.check))
    throw new Unavailable(
      `log records wait: the key directory of the receiver lacks ${fileOf(newest.check)}, which their ids follow from`,
      RETRY_MS,
    );
  // The records of a lost key go by the next one: whoever sends them again then makes other records of them.
  const held: { readonly fromMs: number; readonly hash16: Hash16 }[] = [];
  for (let at = terms.length - 1; at >= 0; at -= 1) {
    const { check, beginsAtMs } = terms[at]!;
    const key = keys.get(check);
    held.push({
      fromMs: beginsAtMs ?? Number.NEGATIVE_INFINITY,
      hash16: key === undefined ? held.at(-1)!.hash16 : keyed(key),
    });
  }
  return (timeHigh, timeLow) => {
    const timeMs = (timeHigh * 2 ** 32 + timeLow) / 1e6;
    return held.find(({ fromMs }) => timeMs >= fromMs)?.hash16 ?? plain;
  };
}

const plain: Hash16 = (bytes) => createHash('sha256').update(bytes).digest().subarray(0, 16);

const keyed =
  (key: Buffer): Hash16 =>
  (bytes) =>
    createHmac('sha256', key).update(bytes).digest().subarray(0, 16);

/** @returns by their beginnings */
async function readTerms(db: Queryable): Promise<KeyTerm[]> {
  const { rows } = await db.query<{ check: string; beginsAtMs: number | null }>(
    `SELECT encode(key_check, 'hex') AS check, (extract(epoch FROM begins_at) * 1000)::float8 AS "beginsAtMs"
       FROM record_id_keys ORDER BY begins_at NULLS FIRST`,
  );
  return rows;
}

/** A directory that has a key lends it to a database that knows none: a new one beside it, or one from before its key. */
async function beginFirst(client: Client, keyDir: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [FIRST_KEY_LOCK]);
  if ((await readTerms(client)).length > 0) return;
  const [there] = (await readKeys(keyDir)).keys();
  const check = there ?? (await createKey(keyDir));
  await client.query(
    `INSERT INTO record_id_keys (key_check, begins_at)
     SELECT decode($1, 'hex'),
            CASE WHEN EXISTS (SELECT FROM batches WHERE signal = 'logs')
                 THEN date_trunc('second', clock_timestamp() + $2::interval) END`,
    [check, BEGINS_AFTER],
  );
}

/** @returns by their checks, in the order of these */
async function readKeys(keyDir: string): Promise<Map<string, Buffer>> {
  const names = await readdir(keyDir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter((name) => KEY_FILE.test(name)).sort();
  const keys = await Promise.all(
    files.map(async (name): Promise<[string, Buffer]> => {
      const key = Buffer.from((await readFile(join(keyDir, name), 'utf8')).trim(), 'hex');
      const check = checkOf(key);
      if (key.length !== KEY_BYTES || fileOf(check) !== name) throw new Error(`${name} holds another key`);
      return [check, key];
    }),
  );
  return new Map(keys);
}

async function createKey(keyDir: string): Promise<string> {
  const key = randomBytes(KEY_BYTES);
  const check = checkOf(key);
  await mkdir(keyDir, { recursive: true, mode: 0o700 });
  await replaceDurably(keyDir, fileOf(check), `${key.toString('hex')}\n`);
  return check;
}

const checkOf = (key: Buffer): string =>
  createHmac('sha256', key)
    .update(CHECK)
    .digest('hex')
    .slice(0, 2 * CHECK_BYTES);

const fileOf = (check: string): string => `records-${check}.key`;

async function reachable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Unavailable(
      `log records wait: the key of their ids cannot be used: ${reason}`,
      RETRY_MS,
      'unreachable',
      {
        cause: error,
      },
    );
  }
}
