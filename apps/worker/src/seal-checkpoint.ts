import {
  type Checkpoint,
  formatCheckpoint,
  formatLogPolicy,
  MissingNodes,
  openCheckpoint,
  parsePolicy,
  type ReadNodes,
  readRoot,
  signNote,
} from '#evidence';
import {
  type Client,
  type Database,
  insertCheckpoint,
  inTransaction,
  lockLogHead,
  type LogHead,
  nodeReader,
  readCheckpoint,
  readGuard,
  type SignedCheckpoint,
  writeGuard,
} from '#store';
import { type Log, LogHalted, type Mark } from './seal-log.ts';

/**
 * Signs how far the committed log has come, where nothing signed says it yet. What is signed was committed by an
 * earlier transaction: this one holds the head only against other sealers, so a signature can never stand over a
 * tree that was rolled back.
 *
 * The fork guard comes first. The newest signed checkpoint stands in a file beside the keys and in the database; both
 * must be prefixes of the stored tree, or the log is halted: a database restored from an older dump would otherwise
 * sign a second history. The guard is written before the checkpoint can be seen.
 *
 * @returns the checkpoint; null where the log is empty or all of it is signed
 * @throws LogHalted without having signed anything
 */
export function signCheckpoint(
  db: Database,
  log: Log,
  nowUs: bigint,
  mark: Mark,
): Promise<SignedCheckpoint | null> {
  return inTransaction(db, async (client) => {
    const head = await lockLogHead(client, log.tenantId, log.log);
    const newest = await readCheckpoint(client, log.tenantId, null, log.log);
    const guard = await readGuardOf(log, head?.vkeys ?? []);
    await checkGuard(client, log, head, newest, guard);
    await mark('guard checked');
    if (head === null || head.edge.size === 0 || newest?.size === head.edge.size) return null;
    const checkpoint = { origin: log.origin, size: head.edge.size, root: head.root };
    const note = signNote(formatCheckpoint(checkpoint), log.signers);
    await mark('checkpoint signed');
    await writeGuard(log.keyDir, log.origin, note);
    await mark('guard written');
    await insertCheckpoint(client, log.tenantId, { ...checkpoint, note }, nowUs, log.log);
    await mark('checkpoint inserted');
    return { size: checkpoint.size, root: checkpoint.root, note };
  });
}

async function readGuardOf(log: Log, vkeys: readonly string[]): Promise<Checkpoint | null> {
  const note = await readGuard(log.keyDir, log.origin);
  if (note === null) return null;
  const known = new Set([...vkeys, ...log.signers.map((signer) => signer.vkey)]);
  try {
    return openCheckpoint(note, parsePolicy(formatLogPolicy([...known])));
  } catch (error) {
    throw new LogHalted(
      log,
      `its guard cannot be read: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
}

async function checkGuard(
  client: Client,
  log: Log,
  head: LogHead | null,
  newest: SignedCheckpoint | null,
  guard: Checkpoint | null,
): Promise<void> {
  if (newest !== null && guard === null)
    throw new LogHalted(log, `checkpoint ${newest.size} was signed, but its guard is missing`);
  const size = head?.edge.size ?? 0;
  const read = nodeReader(client, log.tenantId, log.log);
  if (head !== null) await checkPrefix(log, read, size, { name: 'head', size, root: head.root });
  if (newest !== null) await checkPrefix(log, read, size, { name: 'newest checkpoint', ...newest });
  if (guard !== null) await checkPrefix(log, read, size, { name: 'guard', ...guard });
}

async function checkPrefix(
  log: Log,
  read: ReadNodes,
  size: number,
  known: { readonly name: string; readonly size: number; readonly root: Buffer },
): Promise<void> {
  if (known.size > size)
    throw new LogHalted(
      log,
      `its ${known.name} signed ${known.size} leaves and the database holds ${size}; was an older dump restored?`,
    );
  const root = await readRoot(read, known.size).catch((error: unknown) => {
    throw error instanceof MissingNodes ? new LogHalted(log, error.message) : error;
  });
  if (!root.equals(known.root))
    throw new LogHalted(log, `its first ${known.size} leaves are not those of its ${known.name}`);
}
