import { decodeBase64 } from '../base64.ts';
import { InvalidEvidence } from '../errors.ts';
import { leafHash, merkleRoot } from '../merkle.ts';
import { verifyInclusion } from '../verify-proof.ts';
import { canonicalRow, formatBalances, formatReconciliation } from './balances.ts';
import { AS_REPORTED, AS_RESTATED, RECONCILIATION } from './bundle-paths.ts';
import type { CheckClaim } from './claims-of-log.ts';
import type { JournalLine } from './journal.ts';
import type { OpenedBundle } from './opened-bundle.ts';
import { countOf, objectOf, textOf } from './read-json.ts';

/** Every transaction is one of those that a posting commit of the log holds, and sums to zero for each asset. */
export const journalIsPosted: CheckClaim = (bundle) => {
  const seen = new Set<string>();
  for (const line of bundle.journal) {
    const { transactionId } = line.transaction;
    const place = `${line.leaf} ${line.index}`;
    if (seen.has(place))
      throw new InvalidEvidence(`transaction ${transactionId} stands twice in the journal`);
    seen.add(place);
    isUnderItsLeaf(bundle, line);
    isBalanced(line);
  }
  const incomplete = isWholeLog(bundle) ? missingTransactions(bundle) : null;
  if (incomplete !== null) throw new InvalidEvidence(incomplete);
  return `${bundle.journal.length} transactions${isWholeLog(bundle) ? ', all that were posted' : ''}`;
};

function isUnderItsLeaf(
  bundle: OpenedBundle,
  { leaf, index, count, hashes, record, transaction }: JournalLine,
): void {
  const stated = objectOf(bundle.leaf(leaf, 'ledger.batch').fields['transactions'], 'transactions');
  const root = decodeBase64(textOf(stated['root'], 'root')) ?? Buffer.alloc(0);
  const path = hashes.map((hash) => decodeBase64(hash)!);
  if (stated['count'] !== count || !verifyInclusion(leafHash(record), index, count, path, root))
    throw new InvalidEvidence(`transaction ${transaction.transactionId} is not among those of leaf ${leaf}`);
}

function isBalanced({ transaction }: JournalLine): void {
  const sums = new Map<string, bigint>();
  for (const { asset, amount } of transaction.entries) sums.set(asset, (sums.get(asset) ?? 0n) + amount);
  for (const [asset, sum] of sums)
    if (sum !== 0n)
      throw new InvalidEvidence(`transaction ${transaction.transactionId} is off by ${sum} ${asset}`);
}

/** Whether the bundle is about everything the tenant ever posted. */
const isWholeLog = (bundle: OpenedBundle): boolean => {
  const { request, method } = bundle.manifest.predicate;
  return method === 'full-log' && objectOf(request['scope'], 'scope')['kind'] === 'tenant';
};

function missingTransactions(bundle: OpenedBundle): string | null {
  const found = new Map<number, number>();
  for (const { leaf } of bundle.journal) found.set(leaf, (found.get(leaf) ?? 0) + 1);
  for (const { index, fields } of bundle.leavesOf('ledger.batch')) {
    const count = countOf(objectOf(fields['transactions'], 'transactions')['count'], 'count');
    const missing = count - (found.get(index) ?? 0);
    if (missing > 0)
      return `${missing} of the ${count} transactions of batch ${textOf(fields['batchId'], 'batchId')} (leaf ${index}) are missing`;
  }
  return null;
}

/** Both trial balances follow from the journal; those of closed months are what their `period.close` leaf commits to. */
export const balancesFollow: CheckClaim = (bundle) => {
  const sums = bundle.journalSums;
  for (const [path, monthOf] of [
    [AS_REPORTED, 'reported'],
    [AS_RESTATED, 'restated'],
  ] as const)
    if (bundle.file(path).toString() !== formatBalances(sums.trialBalances(monthOf)))
      throw new InvalidEvidence(`${path} does not follow from the journal`);
  if (!isWholeLog(bundle)) return 'as reported and as restated';
  const closes = bundle.leavesOf('period.close');
  const months = closes.map(({ fields }) => textOf(fields['period'], 'period'));
  const balances = sums.trialBalances('reported', months);
  for (const [i, { index, fields }] of closes.entries()) {
    const stated = objectOf(fields['trialBalance'], 'trialBalance');
    const rows = balances.get(months[i]!) ?? [];
    const root = merkleRoot(rows.map((row) => Buffer.from(canonicalRow(row)))).toString('base64');
    if (rows.length !== stated['count'] || root !== stated['root'])
      throw new InvalidEvidence(`the trial balance of ${months[i]} is not what leaf ${index} closed it with`);
  }
  return `as reported and as restated, ${closes.length} closed months as they were closed`;
};

/** What stands on cost accounts is what is owed, for each asset; and the reconciliation says what the journal says. */
export const costIsOwed: CheckClaim = (bundle) => {
  const text = bundle.file(RECONCILIATION).toString();
  if (text !== formatReconciliation(bundle.journalSums))
    throw new InvalidEvidence(`${RECONCILIATION} does not follow from the journal`);
  const sums = [...bundle.journalSums.costAndOwed];
  for (const [asset, accounts] of sums) {
    const sum = [...accounts.values()].reduce((all, amount) => all + amount, 0n);
    if (sum !== 0n) throw new InvalidEvidence(`cost and what is owed differ by ${sum} ${asset}`);
  }
  return `in ${sums.length} assets`;
};
