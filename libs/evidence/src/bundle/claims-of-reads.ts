import { decodeBase64 } from '../base64.ts';
import { InvalidEvidence } from '../errors.ts';
import { commitment } from '../leaf.ts';
import { openCheckpoint, parsePolicy } from '../tlog-policy.ts';
import { verifyTlogProof } from '../tlog-proof.ts';
import { ACCESS_CHECKPOINT, ACCESS_POLICY, accessEntryPath, accessProofPath, READS } from './bundle-paths.ts';
import type { CheckClaim } from './claims-of-log.ts';
import { countOf, readCanonical, readCanonicalLines, textOf } from './read-json.ts';

/**
 * Each listed read of content stands in the access log, a log of its own under the same keys, before the bundle's time. Whom
 * one was about cannot be opened once they are erased.
 */
export const readsAreLogged: CheckClaim = (bundle) => {
  const { accessSize, origin } = bundle.manifest.predicate;
  const paths = [...bundle.files.keys()].filter((path) => path.startsWith('access/'));
  if (accessSize === null) {
    if (paths.length > 0) throw new InvalidEvidence(`the manifest knows no reads, and there is ${paths[0]}`);
    return 'nobody read content before';
  }
  const policy = parsePolicy(bundle.file(ACCESS_POLICY).toString());
  const keys = bundle.keys.map(({ publicKey }) => publicKey.toString('hex')).sort();
  if (
    policy.logs
      .map(({ publicKey }) => publicKey.toString('hex'))
      .sort()
      .join() !== keys.join()
  )
    throw new InvalidEvidence(`${ACCESS_POLICY} names other keys than those of the log`);
  const checkpoint = openCheckpoint(bundle.file(ACCESS_CHECKPOINT).toString(), policy);
  if (checkpoint.origin !== `${origin}/access` || checkpoint.size !== accessSize)
    throw new InvalidEvidence(`${ACCESS_CHECKPOINT} is not that of ${origin}/access at ${accessSize} leaves`);
  const known = new Set([ACCESS_CHECKPOINT, ACCESS_POLICY, READS]);
  const reads = readCanonicalLines(bundle.file(READS), READS);
  let closed = 0;
  for (const read of reads) {
    const leaf = countOf(read['leaf'], 'leaf');
    const entry = bundle.file(accessEntryPath(leaf));
    const proven = verifyTlogProof(bundle.file(accessProofPath(leaf)).toString(), entry, policy);
    if (proven.index !== leaf || !proven.checkpoint.root.equals(checkpoint.root))
      throw new InvalidEvidence(`${accessProofPath(leaf)} is of another leaf or checkpoint`);
    const fields = readCanonical(entry, `access leaf ${leaf}`);
    if (!isOpened(read, leaf, fields)) closed += 1;
    known.add(accessEntryPath(leaf)).add(accessProofPath(leaf));
  }
  const stray = paths.find((path) => !known.has(path));
  if (stray !== undefined) throw new InvalidEvidence(`${stray} belongs to no listed read`);
  const erased = closed === 0 ? '' : `, ${closed} of them about what was erased`;
  return `${reads.length} reads of the scope${erased}`;
};

/**
 * @returns false where whom a read was about is closed
 * @throws InvalidEvidence where it is not what its leaf commits to
 */
function isOpened(
  read: ReturnType<typeof readCanonical>,
  leaf: number,
  fields: ReturnType<typeof readCanonical>,
): boolean {
  if (read['subject'] === null && read['salt'] === null) return false;
  const salt = decodeBase64(textOf(read['salt'], 'salt')) ?? Buffer.alloc(0);
  const subject = textOf(read['subject'], 'subject');
  const stated = commitment(salt, Buffer.from(subject)).toString('base64');
  if (fields['subject'] !== stated) throw new InvalidEvidence(`read ${leaf} was not of ${subject}`);
  return true;
}
