import {
  appendLeafHashes,
  canonicalJson,
  EMPTY_EDGE,
  encodeLeaf,
  leafHash,
  merkleRoot,
  readRoot,
  rootOfEdge,
  type TreeEdge,
} from '#evidence';
import {
  endClose,
  insertEvidence,
  inTransaction,
  isPeriodSealed,
  nodeReader,
  readCheckpoint,
  readClosablePeriods,
  readNewestRevisions,
  readPeriodBalances,
  readPriceBookVersions,
  readSettings,
  readSettledSize,
  type Client,
  type ClosingPeriod,
  type Database,
  type PeriodBalance,
} from '#store';

const TRACES_PER_PAGE = 2_000;

export interface CloseParts {
  readonly db: Database;
  readonly nowUs: () => bigint;
}

/**
 * Ends the closing of months whose last postings are sealed and signed: takes their trial balance, at the newest
 * settled size of the log, into a `period.close` leaf. One transaction a month; idempotent.
 *
 * @returns months closed
 */
export async function closePeriods(parts: CloseParts): Promise<number> {
  let closed = 0;
  for (const closing of await readClosablePeriods(parts.db))
    if (await inTransaction(parts.db, (client) => close(client, closing, parts.nowUs()))) closed += 1;
  return closed;
}

async function close(client: Client, closing: ClosingPeriod, nowUs: bigint): Promise<boolean> {
  const { tenantId, period } = closing;
  const checkpoint = await readCheckpoint(client, tenantId);
  if (checkpoint === null) return false;
  const size = await readSettledSize(client, tenantId, checkpoint.size);
  if (size === 0 || !(await isPeriodSealed(client, tenantId, period, size))) return false;
  const root = await readRoot(nodeReader(client, tenantId), size);
  const balances = (await readPeriodBalances(client, tenantId, period)).map(toRow);
  const revisions = await revisionTree(client, tenantId, size);
  const rules = await ruleVersions(client, tenantId, size);
  const revisionsRoot = rootOfEdge(revisions);
  const isMine = await endClose(client, tenantId, period, {
    closedAtUs: nowUs,
    size,
    root,
    trialBalance: JSON.stringify(balances),
    rules: JSON.stringify(rules),
    revisions: revisions.size,
    revisionsRoot,
  });
  if (!isMine) return false;
  const totals: Record<string, bigint> = {};
  for (const { asset, debit } of balances) totals[asset] = (totals[asset] ?? 0n) + BigInt(debit);
  const body = encodeLeaf('period.close', nowUs, {
    period,
    size,
    root: root.toString('base64'),
    trialBalance: {
      count: balances.length,
      root: merkleRoot(balances.map((row) => Buffer.from(canonicalJson(row)))).toString('base64'),
      debits: totals,
    },
    rules,
    revisions: { count: revisions.size, root: revisionsRoot.toString('base64') },
    key: closing.keyId,
  });
  await insertEvidence(client, tenantId, [{ kind: 'period.close', subjectId: period, body }], nowUs);
  return true;
}

const toRow = ({ account, asset, opening, debit, credit }: PeriodBalance) => ({
  account,
  asset,
  opening: opening.toString(),
  debit: debit.toString(),
  credit: credit.toString(),
  closing: (opening + debit - credit).toString(),
});

/** Over (trace, newest revision, its leaf) of every trace at the size, sorted by trace: neighbours prove absence. */
async function revisionTree(client: Client, tenantId: bigint, size: number): Promise<TreeEdge> {
  let edge = EMPTY_EDGE;
  for (let after: string | null = ''; after !== null;) {
    const page = await readNewestRevisions(client, tenantId, size, after, TRACES_PER_PAGE);
    const hashes = page.revisions.map(({ traceId, revision, leafIndex }) =>
      leafHash(Buffer.from(canonicalJson({ traceId, revision, leaf: leafIndex }))),
    );
    edge = appendLeafHashes(edge, hashes).edge;
    after = page.last;
  }
  return edge;
}

/** Newest version of each rule and price book whose leaf is below the size. */
async function ruleVersions(client: Client, tenantId: bigint, size: number): Promise<Record<string, number>> {
  const versions: Record<string, number> = {};
  for (const table of ['definitions', 'policies', 'key_mappings'] as const)
    for (const { name, version } of await readSettings(client, tenantId, table, size))
      versions[`${table}/${name}`] = version;
  for (const [book, version] of Object.entries(await readPriceBookVersions(client, tenantId, size)))
    versions[`price_books/${book}`] = version;
  return versions;
}
