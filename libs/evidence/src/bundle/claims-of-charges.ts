import { parsePico } from '#model';
import { InvalidEvidence } from '../errors.ts';
import { FOCUS } from './bundle-paths.ts';
import { factsPath } from './claims-of-replays.ts';
import type { CheckClaim } from './claims-of-log.ts';
import type { OpenedBundle } from './opened-bundle.ts';
import { listOf, objectOf, readCanonical, textOf } from './read-json.ts';

/**
 * The charges of the scope sum to what the journal has on the accounts of calls (`5x0x`, variance apart), for each trace,
 * usage day, account, attempt and currency: none is missing, none is made up. Bundles of before had no such file.
 */
export const chargesAreTheJournals: CheckClaim = (bundle) => {
  const count = bundle.manifest.predicate.counts['charges'];
  if (count === undefined) {
    if (bundle.files.has(FOCUS))
      throw new InvalidEvidence(`the manifest counts no charges, and there is ${FOCUS}`);
    return 'the bundle was made without them';
  }
  const { sums, rows } = sumsOfFile(bundle);
  if (rows !== count) throw new InvalidEvidence(`the manifest counts ${count} charges, ${FOCUS} has ${rows}`);
  const posted = sumsOfJournal(bundle);
  for (const [place, amount] of sums)
    if (amount !== (posted.get(place) ?? 0n))
      throw new InvalidEvidence(`${FOCUS} has ${amount} on ${place}, the journal ${posted.get(place) ?? 0n}`);
  for (const [place, amount] of posted)
    if (amount !== 0n && !sums.has(place))
      throw new InvalidEvidence(`the charges on ${place} are missing from ${FOCUS}`);
  return `${rows} rows in ${sums.size} places`;
};

interface Place {
  readonly traceId: string;
  readonly day: string;
  readonly account: string;
  readonly attemptId: string | null;
  readonly currency: string;
}

const nameOf = ({ traceId, day, account, attemptId, currency }: Place): string =>
  `${account} in ${currency} of ${day}, trace ${traceId}, attempt ${attemptId ?? 'none'}`;

const COLUMNS = [
  'BilledCost',
  'BillingCurrency',
  'ChargePeriodStart',
  'x_AttemptId',
  'x_LedgerAccount',
  'x_TraceId',
] as const;

function sumsOfFile(bundle: OpenedBundle): { sums: Map<string, bigint>; rows: number } {
  const [header, ...records] = readCsv(bundle.file(FOCUS).toString());
  const places = COLUMNS.map((name) => header?.indexOf(name) ?? -1);
  if (places.includes(-1)) throw new InvalidEvidence(`${FOCUS} lacks a column of ${COLUMNS.join(', ')}`);
  const sums = new Map<string, bigint>();
  for (const record of records) {
    const [cost, currency, start, attemptId, account, traceId] = places.map((place) => record[place] ?? '');
    const amount = parsePico(cost!);
    if (amount === null) throw new InvalidEvidence(`${FOCUS} has the cost ${cost}, which is no amount`);
    const day = start!.slice(0, 10);
    const name = nameOf({
      traceId: traceId!,
      day,
      account: account!,
      attemptId: attemptId === '' ? null : attemptId!,
      currency: currency!,
    });
    sums.set(name, (sums.get(name) ?? 0n) + amount);
  }
  return { sums, rows: records.length };
}

/** What stands on the accounts of calls; of a month its days of usage, of work items their attempts. */
function sumsOfJournal(bundle: OpenedBundle): Map<string, bigint> {
  const scope = objectOf(bundle.manifest.predicate.request['scope'], 'scope');
  const month = scope['kind'] === 'period' ? textOf(scope['period'], 'period') : null;
  const attempts = scope['kind'] === 'work_items' ? attemptsOfTrails(bundle) : null;
  const sums = new Map<string, bigint>();
  for (const { transaction } of bundle.journal)
    for (const { account, asset, amount, usageDay, attemptId } of transaction.entries) {
      if (!/^5[0-8]0/.test(account)) continue;
      if (month !== null && !usageDay.startsWith(month)) continue;
      if (attempts !== null && (attemptId === null || !attempts.has(attemptId))) continue;
      const traceId = transaction.postingId.replaceAll('-', '');
      const name = nameOf({ traceId, day: usageDay, account, attemptId, currency: asset.split('/')[0]! });
      sums.set(name, (sums.get(name) ?? 0n) + amount);
    }
  return sums;
}

/** The attempts at the work items of the scope, as the facts of their trails state them. */
function attemptsOfTrails(bundle: OpenedBundle): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of Object.keys(bundle.manifest.predicate.trails)) {
    const facts = readCanonical(bundle.file(factsPath(name)), factsPath(name));
    const ref = objectOf(facts['item'], 'item')['ref'];
    for (const each of listOf(facts['attempts'], 'attempts')) {
      const attempt = objectOf(each, 'an attempt');
      if (attempt['workItemRef'] === ref) found.add(textOf(attempt['attemptId'], 'attemptId'));
    }
  }
  return found;
}

/** Records of RFC 4180 text, lines ended by CR LF. @throws InvalidEvidence where it breaks off or is none */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) throw new InvalidEvidence(`${FOCUS} is no CSV behind record ${records.length}`);
    record.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}
