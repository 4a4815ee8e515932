import { formatSignerKey, makeSigner, parseSignerKey } from '#evidence';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

const KEY_FILE = /^log-[0-9a-f]{8}\.key$/;

/**
 * Reads the seeds of all keys that sign the logs: the files `log-<key id>.key` of the key directory. Two while a
 * rotation goes on.
 *
 * @returns 32 bytes each, in the order of the file names; none where the directory is missing
 * @throws InvalidEvidence for a file that holds no key
 */
export async function readSigningSeeds(keyDir: string): Promise<Buffer[]> {
  const names = await readdir(keyDir).catch(emptyWhereMissing);
  const files = names.filter((name) => KEY_FILE.test(name)).sort();
  return Promise.all(
    files.map(async (name) => parseSignerKey(await readFile(join(keyDir, name), 'utf8')).seed),
  );
}

/**
 * Makes a new signing key, readable by the owner only, and keeps it as `log-<key id>.key`. Added beside another key it
 * begins a rotation: the sealer then signs with both and says so in the logs.
 *
 * @param origin of the installation's logs; each tenant's log uses the key under its own name
 * @returns the seed, durable
 */
export async function createSigningKey(keyDir: string, origin: string): Promise<Buffer> {
  const seed = randomBytes(32);
  await mkdir(keyDir, { recursive: true, mode: 0o700 });
  await replaceDurably(
    keyDir,
    `log-${makeSigner(origin, seed).keyId}.key`,
    `${formatSignerKey(origin, seed)}\n`,
  );
  return seed;
}

/**
 * The newest checkpoint of a log that was signed with the keys of this directory: a signed note in a file of its own,
 * beside the keys and not in the database, so that a database restored from an older dump cannot hide it.
 *
 * @returns null where none was signed yet
 * @throws Error where the file cannot be read
 */
export async function readGuard(keyDir: string, origin: string): Promise<string | null> {
  const path = join(keyDir, guardFile(origin));
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw fileError(`the guard ${path} cannot be read`, error);
  }
}

/**
 * Replaces the guard of a log; durable and whole when it returns, whole or the earlier one after a crash.
 *
 * @throws Error where the directory cannot be written
 */
export async function writeGuard(keyDir: string, origin: string, note: string): Promise<void> {
  await replaceDurably(keyDir, guardFile(origin), note).catch((error: unknown) => {
    throw fileError(`the guard of ${origin} cannot be written to ${keyDir}`, error);
  });
}

/** Without the system's code on top: inside a transaction that would be taken for a lost connection. */
const fileError = (message: string, cause: unknown): Error => new Error(message, { cause });

const guardFile = (origin: string): string => `${encodeURIComponent(origin)}.guard`;

/** Writes a file that only its owner can read; durable and whole when it returns, whole or as before after a crash. */
export async function replaceDurably(directory: string, name: string, content: string): Promise<void> {
  const unfinished = join(directory, `.${name}.unfinished`);
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(directory, name));
  await syncDirectory(directory);
}

/** The new name is durable only then; Windows cannot open a directory and writes names through. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function emptyWhereMissing(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
