import type { Ref } from '#model';

/** Where the events of one work item send its cost. */
export interface ItemFlow {
  readonly mergedInto: Ref | null;
  /** The item this one is a part of, and its weight among the parts. */
  readonly splitFrom: { readonly origin: Ref; readonly weight: bigint } | null;
}

/** A share of an item's cost: `weight` of `whole`. */
export interface Destination {
  readonly ref: Ref;
  readonly weight: bigint;
  readonly whole: bigint;
}

/** Where cost goes, over a set of items that are merged into or split from one another. */
export interface Follow {
  /** Sorted by ref; the item itself where nothing is said of it. The weights of all sum to `whole`. */
  readonly destinations: (ref: Ref) => readonly Destination[];
  /** Items of which nothing is left to be an item: merged into another, or split into parts it is none of. */
  readonly isGone: (ref: Ref) => 'merged' | 'split' | null;
  /** Items whose merging or splitting goes round in a circle: what they say of it has no effect. */
  readonly isMergeVoid: (ref: Ref) => boolean;
  readonly isSplitVoid: (ref: Ref) => boolean;
}

/**
 * Follows merges and splits, however many in a row. The parts of an item are those that say they were split from it
 * (the item itself, if it says so too, keeps a part); what is not split follows the merge. Whatever goes round in a
 * circle is void as a whole, so that the order in which it was told makes no difference.
 *
 * @param flows of every item that can be reached; one that is not in it is followed no further
 */
export function followItems(flows: ReadonlyMap<Ref, ItemFlow>): Follow {
  const circles = findCircles(flows);
  const isVoid = (from: Ref, to: Ref): boolean => circles.get(from) === circles.get(to);
  const isMergeVoid = (ref: Ref): boolean => {
    const survivor = flows.get(ref)?.mergedInto ?? null;
    return survivor !== null && (survivor === ref || (flows.has(survivor) && isVoid(ref, survivor)));
  };
  const isSplitVoid = (ref: Ref): boolean => {
    const split = flows.get(ref)?.splitFrom ?? null;
    return split !== null && split.origin !== ref && flows.has(split.origin) && isVoid(split.origin, ref);
  };
  const parts = new Map<Ref, { ref: Ref; weight: bigint }[]>();
  for (const [ref, { splitFrom }] of flows) {
    if (splitFrom === null || isSplitVoid(ref)) continue;
    parts.set(splitFrom.origin, [...(parts.get(splitFrom.origin) ?? []), { ref, weight: splitFrom.weight }]);
  }
  // An item that says alone that it is a part of itself is whole.
  for (const [ref, list] of parts) if (list.length === 1 && list[0]!.ref === ref) parts.delete(ref);
  const survivorOf = (ref: Ref): Ref | null => {
    const survivor = flows.get(ref)?.mergedInto ?? null;
    return survivor === null || isMergeVoid(ref) ? null : survivor;
  };
  const known = new Map<Ref, readonly Destination[]>();
  const merged = (ref: Ref): readonly Destination[] => {
    const survivor = survivorOf(ref);
    return survivor === null ? [{ ref, weight: 1n, whole: 1n }] : destinations(survivor);
  };
  const destinations = (ref: Ref): readonly Destination[] => {
    const found = known.get(ref);
    if (found !== undefined) return found;
    const list = parts.get(ref);
    const made =
      list === undefined
        ? merged(ref)
        : combine(
            list.map((part) => ({
              weight: part.weight,
              to: part.ref === ref ? merged(ref) : destinations(part.ref),
            })),
          );
    known.set(ref, made);
    return made;
  };
  // A circle is numbered after those it leads to: asked in this order nothing is asked in depth.
  for (const ref of [...flows.keys()].sort((a, b) => circles.get(a)! - circles.get(b)!)) destinations(ref);
  const isGone = (ref: Ref): 'merged' | 'split' | null => {
    const list = parts.get(ref);
    if (list !== undefined && !list.some((part) => part.ref === ref)) return 'split';
    return survivorOf(ref) === null ? null : 'merged';
  };
  return { destinations, isGone, isMergeVoid, isSplitVoid };
}

/** Adds up what several ways bring to the same item, over one common whole. */
function combine(
  ways: readonly { readonly weight: bigint; readonly to: readonly Destination[] }[],
): readonly Destination[] {
  const total = ways.reduce((sum, { weight }) => sum + weight, 0n);
  const whole = ways.reduce((product, { to }) => leastCommonMultiple(product, to[0]!.whole), 1n);
  const weights = new Map<Ref, bigint>();
  for (const way of ways)
    for (const { ref, weight, whole: ofWay } of way.to)
      weights.set(ref, (weights.get(ref) ?? 0n) + way.weight * weight * (whole / ofWay));
  return [...weights]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([ref, weight]) => ({ ref, weight, whole: whole * total }));
}

export const leastCommonMultiple = (a: bigint, b: bigint): bigint => (a / greatestCommonDivisor(a, b)) * b;

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** @returns for each item the number of its circle: items with the same number can reach each other (Tarjan 1972) */
function findCircles(flows: ReadonlyMap<Ref, ItemFlow>): Map<Ref, number> {
  const next = edgesOf(flows);
  const circles = new Map<Ref, number>();
  const places = new Map<Ref, number>();
  const lowest = new Map<Ref, number>();
  const open: Ref[] = [];
  let circle = 0;
  const enter = (ref: Ref): { ref: Ref; edge: number } => {
    places.set(ref, places.size);
    lowest.set(ref, places.get(ref)!);
    open.push(ref);
    return { ref, edge: 0 };
  };
  const lower = (ref: Ref, place: number): void => void lowest.set(ref, Math.min(lowest.get(ref)!, place));
  for (const start of flows.keys()) {
    const way = places.has(start) ? [] : [enter(start)];
    while (way.length > 0) {
      const here = way.at(-1)!;
      const to = next.get(here.ref)?.[here.edge++];
      if (to !== undefined) {
        if (!places.has(to)) way.push(enter(to));
        else if (!circles.has(to)) lower(here.ref, places.get(to)!);
        continue;
      }
      way.pop();
      if (way.length > 0) lower(way.at(-1)!.ref, lowest.get(here.ref)!);
      if (lowest.get(here.ref) !== places.get(here.ref)) continue;
      for (const member of open.splice(open.indexOf(here.ref))) circles.set(member, circle);
      circle += 1;
    }
  }
  return circles;
}

function edgesOf(flows: ReadonlyMap<Ref, ItemFlow>): Map<Ref, Ref[]> {
  const edges = new Map<Ref, Ref[]>();
  const add = (from: Ref, to: Ref): void => {
    if (from !== to && flows.has(from) && flows.has(to)) edges.set(from, [...(edges.get(from) ?? []), to]);
  };
  for (const [ref, { mergedInto, splitFrom }] of flows) {
    if (mergedInto !== null) add(ref, mergedInto);
    if (splitFrom !== null) add(splitFrom.origin, ref);
  }
  return edges;
}
