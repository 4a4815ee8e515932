import {
  leafHash,
  openCheckpoint,
  parsePolicy,
  verifyConsistency,
  verifyTlogProof,
  type TlogPolicy,
} from '#evidence';
import type { Check, CheckedCheckpoint } from './check.ts';

/**
 * Proofs, checked here in the browser by the code of the offline verifier. What is checked comes from the server; what
 * it is checked against may come from the reader: a key got another way, a checkpoint kept from before.
 *
 * None of these throws: what is malformed fails.
 */

/** Who signed a checkpoint, and of what. `checkpoint` is null when it does not hold. */
export function checkCheckpoint(
  note: string,
  policy: string,
): { check: Check; checkpoint: CheckedCheckpoint | null } {
  const what = 'The checkpoint is signed by the key of the log';
  try {
    const { origin, size, root } = openCheckpoint(note, policyOf(policy));
    return {
      check: holds(what, `Ed25519 over "${origin}", ${size} leaves, root ${root.toString('base64')}`),
      checkpoint: { origin, size, root: root.toString('base64') },
    };
  } catch (error) {
    return { check: fails(what, error), checkpoint: null };
  }
}

/** That a leaf stands in the log of a checkpoint: signature, hash of the entry, path to the root. */
export function checkInclusion(
  { entry, index, proof }: { readonly entry: string; readonly index: number; readonly proof: string },
  policy: string,
): Check[] {
  const note = proof.slice(proof.indexOf('\n\n') + 2);
  const { check, checkpoint } = checkCheckpoint(note, policy);
  const bytes = Buffer.from(entry);
  const hash = leafHash(bytes).toString('base64');
  const path = 'The path leads from the leaf to the root that is signed';
  const checks = [
    check,
    holds('The hash of the entry, made here', `SHA-256(0x00 ‖ ${bytes.length} bytes) = ${hash}`),
  ];
  try {
    const proven = verifyTlogProof(proof, bytes, policyOf(policy));
    if (proven.index !== index) throw new Error(`the proof is of leaf ${proven.index}`);
    return [...checks, holds(path, `leaf ${index} of ${checkpoint?.size} leaves`)];
  } catch (error) {
    return [...checks, fails(path, error)];
  }
}

/** That the log of one checkpoint is the beginning of that of another: both signatures, and the hashes between them. */
export function checkConsistency(
  proof: { readonly from: string; readonly to: string; readonly hashes: readonly string[] },
  policy: string,
): Check[] {
  const older = checkCheckpoint(proof.from, policy);
  const newer = checkCheckpoint(proof.to, policy);
  const what = 'The older log is the beginning of the newer one';
  const signed = [
    { ...older.check, what: 'The older checkpoint is signed by the key of the log' },
    { ...newer.check, what: 'The newer checkpoint is signed by the key of the log' },
  ];
  if (older.checkpoint === null || newer.checkpoint === null)
    return [...signed, fails(what, 'not checked: a signature does not hold')];
  const [from, to] = [older.checkpoint, newer.checkpoint];
  if (from.origin !== to.origin)
    return [...signed, fails(what, `${from.origin} and ${to.origin} are two logs`)];
  const fits = verifyConsistency(
    from.size,
    Buffer.from(from.root, 'base64'),
    to.size,
    Buffer.from(to.root, 'base64'),
    proof.hashes.map((hash) => Buffer.from(hash, 'base64')),
  );
  return [
    ...signed,
    fits
      ? holds(what, `nothing among the first ${from.size} leaves was changed, removed or put in between`)
      : fails(what, `the ${to.size} leaves do not begin with the ${from.size} that were signed before`),
  ];
}

const holds = (what: string, detail: string): Check => ({ what, holds: true, detail });
const fails = (what: string, error: unknown): Check => ({
  what,
  holds: false,
  detail: error instanceof Error ? error.message : String(error),
});

/** Reading keys is slow next to checking a hash. */
let latest: { text: string; policy: TlogPolicy } | null = null;
function policyOf(text: string): TlogPolicy {
  if (latest?.text !== text) latest = { text, policy: parsePolicy(text) };
  return latest.policy;
}
