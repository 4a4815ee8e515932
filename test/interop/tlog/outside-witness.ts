import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { formatSignerKey } from '#evidence';

/** A witness that others wrote, as a process of its own. */
export interface OutsideWitness {
  readonly url: string;
  /** Makes it know a log. */
  readonly learn: (vkey: string) => Promise<void>;
  readonly stop: () => void;
}

const MERKLE = 'github.com/transparency-dev/merkle@v0.0.2';

/** What later versions of that library have for sign-subtree. Nothing asks for it here, and it accepts nothing. */
const SUBTREE = `package proof

import (
	"errors"

	"github.com/transparency-dev/merkle"
)

func VerifySubtreeConsistency(merkle.LogHasher, uint64, uint64, uint64, [][]byte, []byte, []byte) error {
	return errors.New("not in this version")
}
`;

/**
 * Builds `witness/main.go` over github.com/transparency-dev/witness, which needs Go 1.25 or newer and the module proxy.
 *
 * @returns the binary; null, with what was missing on standard error, where it cannot be built
 */
export function buildOutsideWitness(): string | null {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-witness-'));
  const build = join(directory, 'witness');
  cpSync(new URL('./witness/', import.meta.url).pathname, build, { recursive: true });
  const download = spawnSync('go', ['mod', 'download', '-json', MERKLE], { encoding: 'utf8' });
  if (download.status !== 0) return missing(download.stderr);
  const { Dir: merkle }: { Dir: string } = JSON.parse(download.stdout);
  const copy = join(directory, 'merkle');
  cpSync(merkle, copy, { recursive: true });
  spawnSync('chmod', ['-R', 'u+w', copy]);
  writeFileSync(join(copy, 'proof', 'subtree.go'), SUBTREE);
  const binary = join(directory, 'outside-witness');
  const built = spawnSync('go', ['build', '-mod=mod', '-o', binary, '.'], { cwd: build, encoding: 'utf8' });
  return built.status === 0 ? binary : missing(built.stderr);
}

function missing(reason: string | null): null {
  const version = spawnSync('go', ['version'], { encoding: 'utf8' }).stdout ?? 'no go';
  process.stderr.write(
    `\nSKIPPED: the witness of transparency-dev cannot be built by ${version.trim()}: ${reason ?? ''}\n`,
  );
  return null;
}

/** @param seed of its key, 32 bytes */
export async function startOutsideWitness(
  binary: string,
  name: string,
  seed: Uint8Array,
): Promise<OutsideWitness> {
  const key = join(mkdtempSync(join(tmpdir(), 'outcome-ledger-witness-')), 'key');
  writeFileSync(key, formatSignerKey(name, seed), { mode: 0o600 });
  const child = spawn(binary, [key], { stdio: ['pipe', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`the witness ended with ${status}`)));
    createInterface({ input: child.stdout }).once('line', resolve);
  });
  return {
    url,
    learn: async (vkey) => {
      const { ok, status } = await fetch(`${url}/log`, { method: 'POST', body: vkey });
      if (!ok) throw new Error(`the witness answered ${status}`);
    },
    stop: () => void child.stdin.end(),
  };
}
