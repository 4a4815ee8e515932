import { verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';
import { RFC9162 } from '@transmute/rfc9162';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseVerifierKey } from '#evidence';

/** Verifiers that others wrote. Ours only brings the bytes into the form each of them takes. */

/** A leaf with its proof, as `GET /v1/proofs/{leaf}` answers. */
export interface GivenProof {
  readonly index: number;
  readonly size: number;
  readonly entry: Buffer;
  readonly hashes: readonly Buffer[];
  readonly root: Buffer;
  readonly note: string;
}

/** @returns null where the log was accepted, else what the tool says */
type Verify = (...args: string[]) => Promise<string | null>;
/** null where the tool is missing: then a caller skips, loudly. */
export type Tool = Verify | null;

const DEBIAN_GOPATH = '/usr/share/gocode';

/** Builds `verifier/main.go` (x/mod of Go's checksum database): from the module proxy, or Debian's package. */
export function buildGoVerifier(): Tool {
  const source = new URL('./verifier/', import.meta.url).pathname;
  const binary = join(mkdtempSync(join(tmpdir(), 'outcome-ledger-go-')), 'verifier');
  const environments = [{}, { GO111MODULE: 'off', GOPATH: DEBIAN_GOPATH }];
  const isBuilt = environments.some(
    (env) =>
      spawnSync('go', ['build', '-o', binary, '.'], { cwd: source, env: { ...process.env, ...env } })
        .status === 0,
  );
  return isBuilt ? (directory) => rejection(binary, [directory], 'verified ') : null;
}

/** The checker of transparency-dev/tessera, where its module can be built: it needs Go 1.25 or newer. */
export function buildTesseraFsck(): Tool {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-go-'));
  const env = { ...process.env, GOBIN: directory, GOFLAGS: '-mod=mod' };
  spawnSync('go', ['install', 'github.com/transparency-dev/tessera/cmd/fsck@v1.0.4'], {
    env,
    cwd: directory,
  });
  const binary = join(directory, 'fsck');
  if (!existsSync(binary)) return null;
  // A worker that finds a difference ends, and without a free one fsck waits for ever: so there are many.
  const args = ['--ui=false', '--N=64'];
  return (...more) => rejection(binary, [...args, ...more], "Successfully fsck'd log");
}

/** By what the tool says, not by its exit code alone: fsck ends with 0 whatever it found. */
async function rejection(binary: string, args: readonly string[], accepted: string): Promise<string | null> {
  const child = spawn(binary, args, { timeout: 60_000 });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => output.push(part.toString()));
  const [status] = await once(child, 'close');
  const text = output.join('');
  if (status === null) throw new Error('the verifier came to no verdict');
  return status === 0 && text.includes(accepted) ? null : `${String(status)} ${text}`.slice(0, 500);
}

/** @throws where a checkpoint or an inclusion proof does not verify */
export function verifyWithSigstore(given: GivenProof, vkey: string): void {
  const { name, keyId } = parseVerifierKey(vkey);
  const logIndex = String(given.index);
  const entry = {
    logIndex,
    logId: { keyId: Buffer.from(keyId, 'hex') },
    kindVersion: { kind: 'leaf', version: '1' },
    integratedTime: '0',
    inclusionPromise: undefined,
    inclusionProof: {
      logIndex,
      rootHash: given.root,
      treeSize: String(given.size),
      hashes: [...given.hashes],
      checkpoint: { envelope: given.note },
    },
    canonicalizedBody: given.entry,
  };
  const log = {
    logID: Buffer.from(keyId, 'hex'),
    publicKey: publicKeyOf(vkey),
    baseURL: name,
    validFor: { start: new Date(0), end: new Date(8.64e15) },
  };
  const checkpoint = verifyCheckpoint(entry, [log]);
  verifyMerkleInclusion(entry, checkpoint);
}

export async function isIncludedByTransmute(given: GivenProof): Promise<boolean> {
  return RFC9162.verifyInclusionProof(given.root, await RFC9162.leaf(given.entry), {
    log_id: '',
    tree_size: given.size,
    leaf_index: given.index,
    inclusion_path: [...given.hashes],
  });
}

/** Not for an older size that is a power of two: it leaves out step 2 of RFC 9162 2.1.4.2. */
export function isConsistentByTransmute(
  older: { readonly size: number; readonly root: Buffer },
  newer: { readonly size: number; readonly root: Buffer },
  hashes: readonly Buffer[],
): Promise<boolean> {
  return RFC9162.verifyConsistencyProof(older.root, newer.root, {
    log_id: '',
    tree_size_1: older.size,
    tree_size_2: newer.size,
    consistency_path: [...hashes],
  });
}

/** The signature of the log's line of a note, by `openssl pkeyutl`. */
export function isSignedByOpenssl(note: string, vkey: string): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-openssl-'));
  const blank = note.lastIndexOf('\n\n');
  const signature = Buffer.from(
    note
      .slice(blank + 2)
      .split('\n')[0]!
      .split(' ')[2]!,
    'base64',
  ).subarray(4);
  writeFileSync(join(directory, 'text'), note.slice(0, blank + 1));
  writeFileSync(join(directory, 'signature'), signature);
  writeFileSync(join(directory, 'key.pem'), publicKeyOf(vkey).export({ type: 'spki', format: 'pem' }));
  const args = [
    'pkeyutl',
    '-verify',
    '-pubin',
    '-inkey',
    'key.pem',
    '-rawin',
    '-in',
    'text',
    '-sigfile',
    'signature',
  ];
  return spawnSync('openssl', args, { cwd: directory }).status === 0;
}

/** @returns the first line of what the tool says its version is; null where it is missing */
export function versionOf(tool: string, args: readonly string[]): string | null {
  try {
    return execFileSync(tool, args, { encoding: 'utf8' }).split('\n')[0]!;
  } catch {
    return null;
  }
}

function publicKeyOf(vkey: string): KeyObject {
  const { publicKey } = parseVerifierKey(vkey);
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
    format: 'jwk',
  });
}
