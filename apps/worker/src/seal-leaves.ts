import { appendLeafHashes, encodeLeaf, leafHash, type NoteSigner, rootOfEdge, sealLeaf } from '#evidence';
import {
  advanceLogHead,
  type Client,
  createLogHead,
  type Database,
  inTransaction,
  insertLeaves,
  insertTreeNodes,
  lockLogHead,
  type LogHead,
  readNewestLeafHashes,
  type RecordedLeaf,
  type SealedLeaf,
  takeEvidence,
} from '#store';
import { LogHalted, type Log, type Mark } from './seal-log.ts';

/** Kinds whose leaves about one subject form a chain: each names the hash of the one before. */
const CHAINED_KINDS = ['trace.revision', 'time.mark'];
/** A log without a leaf for so long gets a `time.mark`. */
export const TIME_MARK_US = 3_600_000_000n;
const LEAVES_PER_SEAL = 5_000;

/**
 * Moves the oldest recorded leaves of a tenant into its log, in one transaction: numbered, with the time of sealing,
 * hashed. A second sealer of the same log waits until this one has committed. Nothing is signed here.
 *
 * An empty inbox gives nothing, but a log that was idle for an hour gets a `time.mark`, so that leaves before and
 * after it cannot be dated freely.
 *
 * @param nowUs the sealer's clock; a leaf never gets an earlier `sealedAt` than the one before it
 * @returns leaves added; `isFull` = more may be waiting
 * @throws LogHalted when none of the keys belongs to this log
 */
export function sealLeaves(
  db: Database,
  log: Log,
  nowUs: bigint,
  mark: Mark,
): Promise<{ sealed: number; isFull: boolean }> {
  return inTransaction(db, async (client) => {
    const head = await lockHead(client, log);
    await mark('head locked');
    const taken = await takeEvidence(client, log.tenantId, LEAVES_PER_SEAL, log.log);
    await mark('inbox taken');
    const recorded = [...keyRotation(head, log.signers, nowUs), ...taken];
    if (recorded.length === 0 && isIdle(head, nowUs)) recorded.push(timeMark(head, nowUs));
    if (recorded.length > 0) await append(client, head, log, recorded, nowUs);
    await mark('leaves written');
    return { sealed: recorded.length, isFull: taken.length === LEAVES_PER_SEAL };
  });
}

async function lockHead(client: Client, log: Log): Promise<LogHead> {
  const vkeys = log.signers.map((signer) => signer.vkey);
  const head =
    (await lockLogHead(client, log.tenantId, log.log)) ??
    (await createLogHead(client, log.tenantId, log.origin, vkeys, log.log).then(() =>
      lockLogHead(client, log.tenantId, log.log),
    ));
  if (head === null) throw new Error(`the log of tenant ${log.tenantId} could not be begun`);
  if (head.origin !== log.origin)
    throw new LogHalted(log, `the log is named ${head.origin}, not ${log.origin}`);
  if (!head.vkeys.some((vkey) => vkeys.includes(vkey)))
    throw new LogHalted(log, `none of the keys in the key directory belongs to it: ${head.vkeys.join(' ')}`);
  return head;
}

async function append(
  client: Client,
  head: LogHead,
  { signers, log }: Log,
  recorded: readonly RecordedLeaf[],
  nowUs: bigint,
): Promise<void> {
  const sealedAtUs = head.sealedAtUs !== null && head.sealedAtUs > nowUs ? head.sealedAtUs : nowUs;
  const leaves = seal(recorded, head.edge.size, sealedAtUs, await readPrevious(client, head, recorded, log));
  const { edge, nodes } = appendLeafHashes(
    head.edge,
    leaves.map((leaf) => leaf.leafHash),
  );
  await insertLeaves(client, head.tenantId, leaves, log);
  await insertTreeNodes(client, head.tenantId, nodes, log);
  const vkeys = signers.map((signer) => signer.vkey);
  await advanceLogHead(client, { ...head, vkeys, edge, root: rootOfEdge(edge), sealedAtUs }, log);
}

/** Final bytes and places, in order; a chained leaf may continue one of the same seal. */
function seal(
  recorded: readonly RecordedLeaf[],
  firstIndex: number,
  sealedAtUs: bigint,
  previous: Map<string, Buffer>,
): SealedLeaf[] {
  return recorded.map(({ kind, subjectId, body }, i) => {
    const chain = CHAINED_KINDS.includes(kind) ? `${kind} ${subjectId}` : null;
    const entry = sealLeaf(body, sealedAtUs, chain === null ? null : (previous.get(chain) ?? null));
    const hash = leafHash(entry);
    if (chain !== null) previous.set(chain, hash);
    return { index: firstIndex + i, kind, subjectId, entry, leafHash: hash };
  });
}

async function readPrevious(
  client: Client,
  head: LogHead,
  recorded: readonly RecordedLeaf[],
  log: Log['log'],
): Promise<Map<string, Buffer>> {
  const previous = new Map<string, Buffer>();
  for (const kind of CHAINED_KINDS) {
    const subjectIds = new Set(recorded.filter((leaf) => leaf.kind === kind).map((leaf) => leaf.subjectId));
    const hashes = await readNewestLeafHashes(client, head.tenantId, kind, [...subjectIds], log);
    for (const [subjectId, hash] of hashes) previous.set(`${kind} ${subjectId}`, hash);
  }
  return previous;
}

/** The log itself tells which keys speak for it from here on. */
function keyRotation(head: LogHead, signers: readonly NoteSigner[], nowUs: bigint): RecordedLeaf[] {
  const vkeys = signers.map((signer) => signer.vkey);
  const added = vkeys.filter((vkey) => !head.vkeys.includes(vkey));
  const retired = head.vkeys.filter((vkey) => !vkeys.includes(vkey));
  if (added.length === 0 && retired.length === 0) return [];
  const body = encodeLeaf('key.rotation', nowUs, { origin: head.origin, vkeys, added, retired });
  return [{ kind: 'key.rotation', subjectId: head.origin, body }];
}

const isIdle = (head: LogHead, nowUs: bigint): boolean =>
  head.sealedAtUs !== null && nowUs - head.sealedAtUs >= TIME_MARK_US;

const timeMark = (head: LogHead, nowUs: bigint): RecordedLeaf => ({
  kind: 'time.mark',
  subjectId: head.origin,
  body: encodeLeaf('time.mark', nowUs, { origin: head.origin, size: head.edge.size }),
});
