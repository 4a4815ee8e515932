/** Where a work item stands at an age: nothing final yet, counted as an outcome, or settled without one. */
export type ItemState = 'open' | 'achieved' | 'closed';

/** A work item whose fate is final, with every change of its state and the age at which it was recorded, in order. */
export interface MatureItem {
  readonly changes: readonly { readonly ageMs: number; readonly state: ItemState }[];
}

/** A work item that is not final yet. */
export interface YoungItem {
  readonly ageMs: number;
  readonly state: ItemState;
}

/** How many outcomes a young cohort will have when it is final. */
export interface Nowcast {
  /** Achieved today. */
  readonly seen: number;
  readonly expected: number;
  readonly standardDeviation: number;
  /** 95 %, within what is possible. */
  readonly low: number;
  readonly high: number;
  /** The part of the expected outcomes that stands today already (F). */
  readonly known: number;
}

/** With less of the outcomes known than this, nothing is told (methods.md 1.6). */
const LEAST_KNOWN = 0.5;
const Z_95 = 1.959963984540054;

/**
 * Foretells the outcomes of items that are still open or may still be reopened (methods.md 1.6, with the correction at
 * its head): of mature items that stood as this one does at its age, what share was achieved in the end? That counts
 * what is still to come and takes off what will be reversed. The variance holds both the chance of each item and the
 * error of the share (Jeffreys), and nothing exceeds what is possible.
 *
 * @param young items of the cohort, final ones too
 * @param mature items of the same workflow that are final, older than any of the cohort
 * @returns null where some item has no like among the mature ones, or less than half of the outcomes is known
 */
export function nowcastOutcomes(young: readonly YoungItem[], mature: readonly MatureItem[]): Nowcast | null {
  const groups = new Map<string, { ageMs: number; state: ItemState; count: number }>();
  for (const { ageMs, state } of young) {
    const group = groups.get(`${state} ${ageMs}`);
    if (group) group.count++;
    else groups.set(`${state} ${ageMs}`, { ageMs, state, count: 1 });
  }
  let [expected, variance, staying] = [0, 0, 0];
  for (const { ageMs, state, count } of groups.values()) {
    const alike = mature.filter((item) => stateAt(item, ageMs) === state);
    if (alike.length === 0) return null;
    const achieved = alike.filter((item) => stateAt(item, Infinity) === 'achieved').length;
    const share = (achieved + 0.5) / (alike.length + 1);
    const spread = share * (1 - share);
    expected += count * share;
    variance += count * spread + (count * count * spread) / (alike.length + 2);
    if (state === 'achieved') staying += count * share;
  }
  if (expected === 0 || staying / expected < LEAST_KNOWN) return null;
  const standardDeviation = Math.sqrt(variance);
  return {
    seen: young.filter(({ state }) => state === 'achieved').length,
    expected,
    standardDeviation,
    low: Math.max(0, expected - Z_95 * standardDeviation),
    high: Math.min(young.length, expected + Z_95 * standardDeviation),
    known: staying / expected,
  };
}

function stateAt({ changes }: MatureItem, ageMs: number): ItemState {
  let state: ItemState = 'open';
  for (const change of changes) {
    if (change.ageMs > ageMs) break;
    state = change.state;
  }
  return state;
}
