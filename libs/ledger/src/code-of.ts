import type { TransactionCode } from '#model';
import { isCostAccount, OUTCOME, PENDING, UNATTRIBUTED } from './accounts.ts';
import type { Balance } from './target.ts';

/** Accounts that balance among themselves: cost and what is owed for it, pending estimates, business results. */
export type Family = 'cost' | 'pending' | 'result';

export const familyOf = (account: string): Family =>
  account.startsWith('P') ? 'pending' : account.startsWith('V') ? 'result' : 'cost';

/** What is known of a move beside its legs. */
export interface Move {
  /** Something of this usage and family is posted already. */
  readonly isKnown: boolean;
  /** Something of it is to stand. */
  readonly isWanted: boolean;
  /** For pending estimates: what moves of the usage's cost in the same commit. */
  readonly beside: readonly Balance[];
}

/** Names the kind of fact that moved a usage; balances never depend on it. */
export function codeOf(family: Family, legs: readonly Balance[], move: Move): TransactionCode {
  if (family === 'pending') return codeOfEstimate(legs, move.beside);
  if (family === 'result') return legs.some(into((account) => account.startsWith('V1'))) ? 'C300' : 'C310';
  const special = codeByAccount(legs);
  if (special !== null) return special;
  if (!move.isKnown) return 'C100';
  if (!move.isWanted) return 'C410';
  if (legs.some(({ account }) => !isCostAccount(account))) return 'C400';
  return codeOfPlacement(legs);
}

const into =
  (test: (account: string) => boolean) =>
  (leg: Balance): boolean =>
    leg.amount > 0n && test(leg.account);
const outOf =
  (test: (account: string) => boolean) =>
  (leg: Balance): boolean =>
    leg.amount < 0n && test(leg.account);

/** An estimate that becomes the charge at its very amount was posted; any other end voids it. */
function codeOfEstimate(legs: readonly Balance[], cost: readonly Balance[]): TransactionCode {
  const change = legs.reduce((sum, leg) => (leg.account === PENDING ? sum + leg.amount : sum), 0n);
  if (change > 0n) return 'C110';
  const charged = cost.reduce((sum, leg) => (isCostAccount(leg.account) ? sum : sum - leg.amount), 0n);
  return charged === -change ? 'C111' : 'C112';
}

/** Accounts that only one kind of fact moves. */
function codeByAccount(legs: readonly Balance[]): TransactionCode | null {
  const touches = (number: string): boolean => legs.some(({ account }) => account.startsWith(number));
  if (touches('2100:')) return 'C500';
  if (touches('2900:')) return 'C700';
  if (touches('5900:')) return 'C510';
  if (legs.some(into((account) => account.startsWith('5500:'))) && !touches('2')) return 'C600';
  if (touches('5440:')) return 'C210';
  if (touches('5430:')) return 'C220';
  return null;
}

function codeOfPlacement(legs: readonly Balance[]): TransactionCode {
  const isWork = (account: string): boolean => account.startsWith('5100:') || account.startsWith('5110:');
  const isSettled = (account: string): boolean =>
    account === OUTCOME || account.startsWith('52') || account.startsWith('53');
  const [toSettled, fromSettled] = [legs.some(into(isSettled)), legs.some(outOf(isSettled))];
  if (legs.some(into(isWork)) && fromSettled) return 'C310';
  if (toSettled && (legs.some(outOf(isWork)) || fromSettled)) return 'C300';
  if (legs.some(into((account) => account.startsWith('5400:')))) return 'C220';
  if (!legs.some(outOf((account) => account === UNATTRIBUTED))) return 'C410';
  const items = new Set(legs.flatMap(({ workItemRef, amount }) => (amount > 0n ? (workItemRef ?? []) : [])));
  return items.size > 1 ? 'C210' : 'C200';
}
