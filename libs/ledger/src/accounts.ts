/**
 * Chart of accounts (ledger.md 1.3; ADR 014 and 015). 5xxx are debit accounts, "where each unit of cost sits, exactly
 * one place"; 2xxx are credit accounts, "whom we owe". A work item or attempt is a dimension of the entry, not part
 * of the account's name. The third digit tells the two families apart: `0` for what the calls of agents cost and whom
 * they are owed to, another for the cost lines beside them and for the allocation of pools (and 2800). Each family
 * balances by itself; only both together are what an outcome truly cost.
 */
export const UNATTRIBUTED = '5000:unattributed';
export const WORK_IN_PROGRESS = '5100:work';
export const OUTCOME = '5200:outcome';

/** @param reason of whole attempts: `retry`, `failed`, `abandoned`, `after_outcome`, `reopened` */
export const wasteAccount = (reason: string): string => `5300:waste:${reason}`;

/** Cost of other attempts that a policy lets the standing outcome bear. @param reason as for waste */
export const carriedAccount = (reason: string): string => `5205:carried:${reason}`;

export const overheadAccount = (pool: string): string => `5400:overhead:${pool}`;

/** What is declared to be a pool's cost beside the overhead that agents metered. */
export const declaredAccount = (pool: string): string => `5430:declared:${pool}`;

/** Contra account: what was taken out of a pool, to work items, other pools or its idle part. */
export const allocatedAccount = (pool: string): string => `5440:allocated:${pool}`;

/** What pools charge each other goes through here; over all pools of a period it is 0. */
export const BETWEEN_POOLS = '5450:between_pools';

/** The used part of a pool, borne by work items. */
export const appliedAccount = (pool: string): string => `5410:applied:${pool}`;

/** The part of a pool's practical capacity that nobody used; never inside the cost of an outcome. */
export const idleAccount = (pool: string): string => `5420:idle:${pool}`;

/** Written off at a cut-off. @param reason `no_telemetry`, `unknown_key`, ... */
export const writtenOffAccount = (reason: string): string => `5500:unattributable:${reason}`;

/** @param kind `coverage`, `rate`, `fx`, `credit`, `tax`, `minimum`, `rounding` */
export const varianceAccount = (provider: string, kind: string): string =>
  `5900:variance:${provider}:${kind}`;

/** Priced usage not yet invoiced, of a provider and usage month. @param usageDay `YYYY-MM-DD` */
export const accruedAccount = (provider: string, usageDay: string): string =>
  `2000:accrued:${provider}:${usageDay.slice(0, 7)}`;

/** Cost lines that a provider bills, not yet invoiced. @param day `YYYY-MM-DD` */
export const accruedLinesAccount = (provider: string, day: string): string =>
  `2010:accrued_lines:${provider}:${day.slice(0, 7)}`;

export const payableAccount = (provider: string, invoice: string): string =>
  `2100:payable:${provider}:${invoice}`;

/** Creditor of what nobody bills per use: human minutes, own machines. Outside the identity with invoices. */
export const imputedAccount = (source: string): string => `2800:imputed:${source}`;

/** The position legs in two currencies balance through. @param asset `USD/12` */
export const fxAccount = (asset: string): string => `2900:fx:${asset}`;

/** Memorandum accounts: what a call may have cost whose usage is unknown. In no posted balance of cost. */
export const PENDING = 'P100:pending';
export const PENDING_ESTIMATES = 'P900:estimates';

/** Business results, in assets of their own (`OUT.<type>/0`, `VAL.<currency>/12`): never mixed with cost. */
export const ACHIEVED = 'V100:achieved';
export const CLAIMS = 'V900:claims';

/** Cost accounts carry the debit side of a charge. */
export const isCostAccount = (account: string): boolean => account.startsWith('5');

/**
 * The account of a placement.
 *
 * @param placement `work`, `outcome`, `carried:<reason>`, `waste:<reason>` or `overhead:<pool>`
 * @param line the kind of cost line; null for what the calls of agents cost
 * @throws RangeError for any other placement
 */
export function accountOfPlacement(placement: string, line: string | null = null): string {
  if (placement === 'work') return line === null ? WORK_IN_PROGRESS : `5110:work:${line}`;
  if (placement === 'outcome') return line === null ? OUTCOME : `5210:outcome:${line}`;
  const [, kind, reason] = /^(waste|carried|overhead):(.+)$/.exec(placement) ?? [];
  if (reason === undefined) throw new RangeError(`no account for the placement ${placement}`);
  if (kind === 'overhead') return overheadAccount(reason);
  if (kind === 'waste') return line === null ? wasteAccount(reason) : `5310:waste:${line}:${reason}`;
  return line === null ? carriedAccount(reason) : `5210:outcome:${line}`;
}

/** A class of accounts, by the number their names begin with. */
export interface AccountClass {
  readonly number: string;
  readonly name: string;
  readonly normalSide: 'debit' | 'credit';
  readonly meaning: string;
}

const debit = (number: string, name: string, meaning: string): AccountClass => ({
  number,
  name,
  normalSide: 'debit',
  meaning,
});
const credit = (number: string, name: string, meaning: string): AccountClass => ({
  number,
  name,
  normalSide: 'credit',
  meaning,
});

/** Every class there is, in order of number; what the API and the documentation show. */
export const CHART_OF_ACCOUNTS: readonly AccountClass[] = [
  credit('2000', 'accrued:{provider}:{month}', 'owed to the provider for a usage month, not yet invoiced'),
  credit('2010', 'accrued_lines:{provider}:{month}', 'cost lines that a provider bills, not yet invoiced'),
  credit('2100', 'payable:{provider}:{invoice}', 'invoiced by the provider'),
  credit('2800', 'imputed:{source}', 'cost that nobody bills per use: human minutes, own machines'),
  credit('2900', 'fx:{asset}', 'the position that legs in two currencies balance through'),
  debit('5000', 'unattributed', 'cost that nothing links to a work item'),
  debit('5100', 'work', 'cost of work items that are open'),
  debit('5110', 'work:{line}', 'cost lines of work items that are open'),
  debit('5200', 'outcome', 'cost of attempts that achieved the outcome'),
  debit('5205', 'carried:{reason}', 'cost of other attempts that a policy lets the standing outcome bear'),
  debit('5210', 'outcome:{line}', 'cost lines of work items that achieved their outcome'),
  debit('5300', 'waste:{reason}', 'cost of whole attempts that bought nothing, by reason'),
  debit('5310', 'waste:{line}:{reason}', 'cost lines that bought nothing, by reason'),
  debit('5400', 'overhead:{pool}', 'overhead that agents metered, by declared pool'),
  debit('5410', 'applied:{pool}', 'the used part of a pool, borne by work items'),
  debit('5420', 'idle:{pool}', 'the part of a pool that nobody used'),
  debit('5430', 'declared:{pool}', 'what is declared to be the cost of a pool'),
  debit('5440', 'allocated:{pool}', 'contra: what was taken out of a pool'),
  debit('5450', 'between_pools', 'what pools charge each other; 0 over a period'),
  debit('5500', 'unattributable:{reason}', 'written off at a cut-off, by reason'),
  debit('5900', 'variance:{provider}:{kind}', 'what an invoice says beyond the charges, by kind'),
  debit('P100', 'pending', 'memorandum: estimates for calls whose usage is not known yet'),
  credit('P900', 'estimates', 'memorandum: the other side of pending estimates'),
  debit('V100', 'achieved', 'business results that stand: counts (OUT.*) and values (VAL.*)'),
  credit('V900', 'claims', 'the other side of business results'),
];

const BY_NUMBER = new Map(CHART_OF_ACCOUNTS.map((each) => [each.number, each]));

/** @returns the class of an account; null for one that is not of this chart */
export const accountClass = (account: string): AccountClass | null =>
  BY_NUMBER.get(account.slice(0, 4)) ?? null;
