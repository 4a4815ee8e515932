import { createHash } from 'node:crypto';
import { formatPico } from '#model';
import type { StoredTransaction } from '#store';
import type { Column, ColumnKind } from './columns-of.ts';
import { formatWireTime } from './wire-time.ts';

/** How a journal is written: what stands before it, each transaction, and its media type. */
export interface JournalFormat {
  readonly type: string;
  readonly begin: (accounts: readonly string[]) => string;
  readonly transaction: (transaction: StoredTransaction) => string;
}

type Entry = StoredTransaction['entries'][number];

const nothing = (): string => '';
const dayOf = ({ effectiveAtUs }: StoredTransaction): string => formatWireTime(effectiveAtUs).slice(0, 10);

/** `USD/12` -> decimals of 12 places, `OUT.ticket.resolved/0` -> whole numbers; exact. */
const decimal = ({ asset, amount }: Entry): string =>
  asset.endsWith('/12') ? formatPico(amount) : amount.toString();
const unitOf = (asset: string): string => asset.slice(0, asset.lastIndexOf('/'));

export interface JournalRow {
  readonly transaction: StoredTransaction;
  readonly entry: Entry;
  readonly n: number;
}

const column = (
  name: string,
  kind: ColumnKind,
  valueOf: (row: JournalRow) => string | number | null,
): Column<JournalRow> => ({ name, kind, valueOf });

/** A row an entry. */
export const JOURNAL_COLUMNS: readonly Column<JournalRow>[] = [
  column('transaction_id', 'text', ({ transaction }) => transaction.transactionId),
  column('posting_id', 'text', ({ transaction }) => transaction.postingId),
  column('n', 'integer', ({ n }) => n),
  column('code', 'text', ({ transaction }) => transaction.code),
  column('cause', 'text', ({ transaction }) => transaction.cause),
  column('effective_at', 'time', ({ transaction }) => formatWireTime(transaction.effectiveAtUs)),
  column('recorded_at', 'time', ({ transaction }) => formatWireTime(transaction.recordedAtUs)),
  column('period', 'text', ({ transaction }) => transaction.period),
  column('account', 'text', ({ entry }) => entry.account),
  column('unit', 'text', ({ entry }) => unitOf(entry.asset)),
  column('amount', 'decimal', ({ entry }) => decimal(entry)),
  column('usage_span_id', 'text', ({ entry }) => entry.usageSpanId),
  column('usage_day', 'day', ({ entry }) => entry.usageDay),
  column('provider', 'text', ({ entry }) => entry.provider),
  column('call_model', 'text', ({ entry }) => entry.callModel),
  column('attempt_id', 'text', ({ entry }) => entry.attemptId),
  column('price_id', 'text', ({ entry }) => entry.priceId),
  column('batch_id', 'text', ({ transaction }) => transaction.batchId),
];

export const rowsOfTransaction = (transaction: StoredTransaction): JournalRow[] =>
  transaction.entries.map((entry, n) => ({ transaction, entry, n }));

/** Roots that Beancount knows, by the first character of our accounts. */
const ROOTS: Readonly<Record<string, string>> = { '2': 'Liabilities', '5': 'Expenses' };

/** `5300:waste:retry` -> `Expenses:5300--waste--retry`: one component, in which no two accounts become the same. */
const beancountAccount = (account: string): string =>
  `${ROOTS[account[0]!] ?? 'Equity'}:${account
    .replaceAll(':', '--')
    .replaceAll(/[^A-Za-z0-9-]/g, (character) => `-x${character.codePointAt(0)!.toString(16)}-`)}`;

/** At most 24 of A-Z, 0-9, ".", "-"; a longer name keeps its beginning and gets a digest. */
function beancountUnit(asset: string): string {
  const name = unitOf(asset)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9.-]/g, '-');
  if (name.length <= 24) return name;
  const digest = createHash('sha256').update(asset).digest('hex').slice(0, 8).toUpperCase();
  return `${name.slice(0, 14)}-${digest}0`;
}

const quoted = (text: string): string =>
  `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/[\r\n]/g, ' ')}"`;

const beancount: JournalFormat = {
  type: 'text/plain; charset=utf-8',
  begin: (accounts) => accounts.map((each) => `1970-01-01 open ${beancountAccount(each)}\n`).join(''),
  transaction: (each) =>
    `\n${dayOf(each)} * ${quoted(each.code)} ${quoted(each.cause)}\n  id: ${quoted(each.transactionId)}\n` +
    `  period: ${quoted(each.period)}\n` +
    each.entries
      .map(
        (entry) => `  ${beancountAccount(entry.account)}  ${decimal(entry)} ${beancountUnit(entry.asset)}\n`,
      )
      .join(''),
};

/** Two spaces end a payee or an account in ledger-cli, and a semicolon begins a note. */
const plain = (text: string): string => text.replaceAll(/[\s;]+/g, ' ');

const ledger: JournalFormat = {
  type: 'text/plain; charset=utf-8',
  begin: nothing,
  transaction: (each) =>
    `\n${dayOf(each)} * (${each.code}) ${plain(each.cause)}\n    ; id: ${each.transactionId}\n    ; period: ${each.period}\n` +
    each.entries
      .map((entry) => `    ${plain(entry.account)}  ${decimal(entry)} "${unitOf(entry.asset)}"\n`)
      .join(''),
};

/** The journal as files of accounting tools. */
export const JOURNAL_FORMATS = { beancount, ledger } as const satisfies Record<string, JournalFormat>;
