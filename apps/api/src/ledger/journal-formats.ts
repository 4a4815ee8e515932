import { createHash } from 'node:crypto';
import { formatPico } from '#model';
import type { StoredTransaction } from '#store';
import { formatWireTime } from '../wire.ts';

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

const COLUMNS = [
  'transaction_id',
  'posting_id',
  'n',
  'code',
  'cause',
  'effective_at',
  'recorded_at',
  'period',
  'account',
  'unit',
  'amount',
  'usage_span_id',
  'usage_day',
  'provider',
  'call_model',
  'attempt_id',
  'price_id',
  'batch_id',
] as const;

function rowOf(
  transaction: StoredTransaction,
  entry: Entry,
  n: number,
): Record<string, string | number | null> {
  return {
    transaction_id: transaction.transactionId,
    posting_id: transaction.postingId,
    n,
    code: transaction.code,
    cause: transaction.cause,
    effective_at: formatWireTime(transaction.effectiveAtUs),
    recorded_at: formatWireTime(transaction.recordedAtUs),
    period: transaction.period,
    account: entry.account,
    unit: unitOf(entry.asset),
    amount: decimal(entry),
    usage_span_id: entry.usageSpanId,
    usage_day: entry.usageDay,
    provider: entry.provider,
    call_model: entry.callModel,
    attempt_id: entry.attemptId,
    price_id: entry.priceId,
    batch_id: transaction.batchId,
  };
}

/** RFC 4180; what a spreadsheet would run as a formula is kept as text. */
function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = /^[=+@\t\r]|^-(?!\d+(\.\d+)?$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const ndjson: JournalFormat = {
  type: 'application/x-ndjson',
  begin: nothing,
  transaction: (each) =>
    each.entries.map((entry, n) => `${JSON.stringify(rowOf(each, entry, n))}\n`).join(''),
};

const csv: JournalFormat = {
  type: 'text/csv; charset=utf-8',
  begin: () => `${COLUMNS.join(',')}\r\n`,
  transaction: (each) =>
    each.entries
      .map((entry, n) => {
        const row = rowOf(each, entry, n);
        return `${COLUMNS.map((column) => cell(row[column] ?? null)).join(',')}\r\n`;
      })
      .join(''),
};

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

export const JOURNAL_FORMATS = { ndjson, csv, beancount, ledger } as const satisfies Record<
  string,
  JournalFormat
>;
