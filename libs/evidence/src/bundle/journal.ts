import { canonicalJson } from '../canonical-json.ts';
import { InvalidEvidence } from '../errors.ts';
import { transactionRecord, type BatchTransaction } from '../ledger-batch.ts';
import { leafHash, rootOfLeafHashes } from '../merkle.ts';
import { proveInclusion } from '../prove.ts';
import { decodeBase64 } from '../base64.ts';
import { amountOf, countOf, listOf, objectOf, readCanonicalLines, textOf, type Json } from './read-json.ts';

/** A transaction with its place under the `ledger.batch` leaf of its posting commit. */
export interface JournalLine {
  readonly leaf: number;
  /** Place among the transactions of the commit, and how many there are. */
  readonly index: number;
  readonly count: number;
  /** RFC 6962 inclusion path under the root that the leaf states, base64. */
  readonly hashes: readonly string[];
  /** The bytes that the path starts from: the canonical transaction. */
  readonly record: Buffer;
  readonly transaction: JournalTransaction;
}

export interface JournalTransaction {
  readonly transactionId: string;
  readonly postingId: string;
  readonly code: string;
  /** Posting month, `YYYY-MM`. */
  readonly period: string;
  readonly effectiveAt: string;
  readonly entries: readonly JournalEntry[];
}

export interface JournalEntry {
  readonly account: string;
  readonly asset: string;
  readonly amount: bigint;
  /** Span of the usage, 16 hex digits. */
  readonly usageSpanId: string;
  /** UTC, `YYYY-MM-DD`. */
  readonly usageDay: string;
  readonly attemptId: string | null;
}

/**
 * The lines of one posting commit for `ledger/journal.ndjson`, each with its path: those of the transactions that are
 * chosen.
 *
 * @param transactions all of the commit, in any order
 */
export async function journalLines(
  leaf: number,
  transactions: readonly BatchTransaction[],
  isChosen: (transactionId: string) => boolean,
): Promise<string[]> {
  const sorted = [...transactions].sort((a, b) => (a.transactionId < b.transactionId ? -1 : 1));
  const hashes = sorted.map((each) => leafHash(Buffer.from(canonicalJson(transactionRecord(each)))));
  // A commit has few transactions: perfect subtrees above level 0 are made as they are asked for.
  const read = (runs: readonly { level: number; first: number; count: number }[]): Promise<Buffer[]> =>
    Promise.resolve(
      runs.map(({ level, first, count }) =>
        Buffer.concat(
          Array.from({ length: count }, (_, i) => {
            const width = 256 ** level;
            return rootOfLeafHashes(hashes.slice((first + i) * width, (first + i + 1) * width));
          }),
        ),
      ),
    );
  const lines: string[] = [];
  for (const [index, transaction] of sorted.entries()) {
    if (!isChosen(transaction.transactionId)) continue;
    const path = await proveInclusion(read, index, sorted.length);
    lines.push(
      canonicalJson({
        leaf,
        index,
        count: sorted.length,
        hashes: path.map((hash) => hash.toString('base64')),
        transaction: transactionRecord(transaction),
      }),
    );
  }
  return lines;
}

/** @throws InvalidEvidence for a line that `journalLines` does not write */
export function parseJournal(bytes: Buffer): JournalLine[] {
  return readCanonicalLines(bytes, 'the journal').map((line) => {
    const transaction = objectOf(line['transaction'], 'transaction');
    return {
      leaf: countOf(line['leaf'], 'leaf'),
      index: countOf(line['index'], 'index'),
      count: countOf(line['count'], 'count'),
      hashes: listOf(line['hashes'], 'hashes').map((hash) => {
        const text = textOf(hash, 'hash');
        if (decodeBase64(text)?.length !== 32)
          throw new InvalidEvidence('a hash of the journal is malformed');
        return text;
      }),
      // Canonical text within canonical text: written again it has the same bytes.
      record: Buffer.from(canonicalJson(transaction as Parameters<typeof canonicalJson>[0])),
      transaction: {
        transactionId: textOf(transaction['transactionId'], 'transactionId'),
        postingId: textOf(transaction['postingId'], 'postingId'),
        code: textOf(transaction['code'], 'code'),
        period: textOf(transaction['period'], 'period'),
        effectiveAt: textOf(transaction['effectiveAt'], 'effectiveAt'),
        entries: listOf(transaction['entries'], 'entries').map(readEntry),
      },
    };
  });
}

function readEntry(value: Json): JournalEntry {
  const entry = objectOf(value, 'an entry');
  return {
    account: textOf(entry['account'], 'account'),
    asset: textOf(entry['asset'], 'asset'),
    amount: amountOf(entry['amount'], 'amount'),
    usageSpanId: textOf(entry['usageSpanId'], 'usageSpanId'),
    usageDay: textOf(entry['usageDay'], 'usageDay'),
    attemptId: entry['attemptId'] === null ? null : textOf(entry['attemptId'], 'attemptId'),
  };
}
