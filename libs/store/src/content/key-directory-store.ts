import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodeKeyTree,
  encodeKeyTree,
  newKeyTree,
  secretOf,
  subjectKeys,
  withoutSubject,
  type KeyTree,
  type SubjectKeys,
} from '#evidence';
import { Unavailable } from '#model';
import type { KeyStore } from './key-store.ts';

const RETRY_MS = 5_000;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = Buffer.from('outcome-ledger content keys 1\n');

/** What a file was when it was read: any other answer means that it has to be read again. */
interface Known {
  readonly stamp: string;
  readonly tree: KeyTree;
}

/**
 * The keys of all subjects of a tenant in two small files of the key directory, readable by the owner only:
 * `content/<tenant>.master`, a key that wraps, and `content/<tenant>.tree`, the wrapped tree of secrets. Both are made
 * at first use; after that the tree is written only when a key is destroyed, whole and durably. Many processes may read
 * at once; who destroys is seen by the others at their next question.
 */
export function openKeyDirectory(keyDir: string): KeyStore {
  const directory = join(keyDir, 'content');
  const known = new Map<bigint, Known>();
  const read = async (tenantId: bigint): Promise<KeyTree> => {
    const path = join(directory, `${tenantId}.tree`);
    const stamp = await stampOf(path);
    const before = known.get(tenantId);
    if (before !== undefined && stamp === before.stamp) return before.tree;
    if (stamp === null) await create(directory, tenantId);
    const master = await readFile(join(directory, `${tenantId}.master`));
    const tree = decodeKeyTree(unwrap(master, tenantId, await readFile(path)));
    known.set(tenantId, { stamp: stamp ?? '', tree });
    return tree;
  };
  return {
    keysOf: (tenantId, subjectIds) =>
      reachable(async () => {
        const tree = await read(tenantId);
        const keys = new Map<string, SubjectKeys>();
        for (const id of subjectIds) {
          const secret = secretOf(tree, id);
          if (secret !== null) keys.set(id, subjectKeys(secret));
        }
        return keys;
      }),
    destroy: (tenantId, subjectIds) =>
      reachable(async () => {
        const tree = await read(tenantId);
        let left = tree;
        for (const id of subjectIds) left = withoutSubject(left, id);
        if (left === tree) return;
        const master = await readFile(join(directory, `${tenantId}.master`));
        await replace(directory, `${tenantId}.tree`, wrap(master, tenantId, encodeKeyTree(left)));
        known.delete(tenantId);
      }),
  };
}

/** Device, file and times: a file that was replaced has another. */
async function stampOf(path: string): Promise<string | null> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino}/${size}/${mtimeNs}`;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Of several processes that begin at once one makes the keys: the first name stands. */
async function create(directory: string, tenantId: bigint): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await createFile(directory, `${tenantId}.master`, randomBytes(32));
  const master = await readFile(join(directory, `${tenantId}.master`));
  const tree = encodeKeyTree(newKeyTree(randomBytes(32)));
  await createFile(directory, `${tenantId}.tree`, wrap(master, tenantId, tree));
}

async function createFile(directory: string, name: string, content: Buffer): Promise<void> {
  const unfinished = await writeUnfinished(directory, name, content);
  try {
    await link(unfinished, join(directory, name));
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(unfinished);
  }
  await syncDirectory(directory);
}

/** What stood there is written over before its name goes: a disk that copies on write keeps it all the same. */
async function replace(directory: string, name: string, content: Buffer): Promise<void> {
  const path = join(directory, name);
  const unfinished = await writeUnfinished(directory, name, content);
  const old = await open(path, 'r+');
  try {
    await rename(unfinished, path);
    await syncDirectory(directory);
    const { size } = await old.stat();
    await old.write(Buffer.alloc(size), 0, size, 0);
    await old.sync();
  } finally {
    await old.close();
  }
}

async function writeUnfinished(directory: string, name: string, content: Buffer): Promise<string> {
  const path = join(directory, `.${name}.${process.pid}.${randomBytes(4).toString('hex')}`);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return path;
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function wrap(master: Buffer, tenantId: bigint, tree: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', master, nonce);
  cipher.setAAD(Buffer.from(`tenant ${tenantId}`));
  return Buffer.concat([FORM, nonce, cipher.update(tree), cipher.final(), cipher.getAuthTag()]);
}

function unwrap(master: Buffer, tenantId: bigint, file: Buffer): Buffer {
  if (!file.subarray(0, FORM.length).equals(FORM))
    throw new Error('the file of content keys has another form');
  const body = file.subarray(FORM.length);
  const decipher = createDecipheriv('aes-256-gcm', master, body.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(`tenant ${tenantId}`));
  decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
  return Buffer.concat([
    decipher.update(body.subarray(NONCE_BYTES, body.length - TAG_BYTES)),
    decipher.final(),
  ]);
}

async function reachable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Unavailable(`the keys of content cannot be used: ${reason}`, RETRY_MS, 'unreachable');
  }
}

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
