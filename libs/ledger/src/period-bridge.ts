import type { Asset } from '#model';

/** An account of a posting period; amounts + debit, - credit. */
export interface MovedAccount {
  readonly account: string;
  readonly asset: Asset;
  readonly opening: bigint;
  readonly moved: bigint;
  /** The part of `moved` that is about usage of other months. */
  readonly ofOtherMonths: bigint;
}

/** How the work in progress of a month's end came from that of its beginning; one currency. */
export interface PeriodBridge {
  readonly asset: Asset;
  readonly openingWorkInProgress: bigint;
  /** Charged for usage of the month. */
  readonly charges: bigint;
  /** Charged, or taken back, for usage of other months. */
  readonly adjustments: bigint;
  readonly closingWorkInProgress: bigint;
  /** What else became of it: no cost of work items. */
  readonly unattributed: bigint;
  readonly overhead: bigint;
  readonly writtenOff: bigint;
  readonly variance: bigint;
  /** Cost of items settled in the month, net of what was reopened: by account, and its sum. */
  readonly settledByAccount: ReadonlyMap<string, bigint>;
  readonly settled: bigint;
}

/**
 * opening work in progress + charges + adjustments - closing work in progress - unattributed - overhead - written off
 * - variance = cost of items settled, exactly: both sides of the ledger moved by the same amount.
 *
 * @throws Error where they did not: the ledger is out of balance
 */
export function periodBridge(accounts: readonly MovedAccount[]): PeriodBridge[] {
  const assets = [...new Set(accounts.filter(isMoney).map(({ asset }) => asset))].sort();
  return assets.map((asset) =>
    bridgeOf(
      asset,
      accounts.filter((each) => each.asset === asset && isMoney(each)),
    ),
  );
}

/** Results in assets of their own and memorandum accounts are no cost. */
const isMoney = ({ account }: MovedAccount): boolean => account.startsWith('5') || account.startsWith('2');

function bridgeOf(asset: Asset, accounts: readonly MovedAccount[]): PeriodBridge {
  const of = (prefix: string): readonly MovedAccount[] =>
    accounts.filter(({ account }) => account.startsWith(prefix));
  const moved = (list: readonly MovedAccount[]): bigint => list.reduce((sum, each) => sum + each.moved, 0n);
  const owed = -moved(of('2'));
  const adjustments = -of('2').reduce((sum, each) => sum + each.ofOtherMonths, 0n);
  const openingWorkInProgress = of('51').reduce((sum, each) => sum + each.opening, 0n);
  const settledAccounts = [...of('52'), ...of('53')];
  const bridge: PeriodBridge = {
    asset,
    openingWorkInProgress,
    charges: owed - adjustments,
    adjustments,
    closingWorkInProgress: openingWorkInProgress + moved(of('51')),
    unattributed: moved(of('50')),
    overhead: moved(of('54')),
    writtenOff: moved(of('55')),
    variance: moved(of('59')),
    settledByAccount: new Map(
      settledAccounts.filter((each) => each.moved !== 0n).map((each) => [each.account, each.moved]),
    ),
    settled: moved(settledAccounts),
  };
  const left =
    bridge.openingWorkInProgress +
    owed -
    bridge.closingWorkInProgress -
    bridge.unattributed -
    bridge.overhead -
    bridge.writtenOff -
    bridge.variance;
  if (left !== bridge.settled)
    throw new Error(`${left} ${asset} came through the period and ${bridge.settled} was settled`);
  return bridge;
}
