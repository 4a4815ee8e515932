import { holmAdjusted, momentsOf, welchTest, type SampleMoments } from './significance.ts';

/** One work item that is final, with what was known of it at intake. */
export interface SegmentCase {
  /** Attribute names to values as they stood before any work: never attempts, tokens or results. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Baseline less full cost of this item, in pico: below 0 the baseline would have been cheaper. */
  readonly marginPico: bigint;
  /**
   * Half the item is in, by a salted hash of its id that was fixed before anybody looked. Segments are looked for in
   * A, and what is said of them comes from B alone.
   */
  readonly half: 'A' | 'B';
}

/** `attribute = value`; conditions of a segment are sorted by attribute. */
export interface Condition {
  readonly attribute: string;
  readonly value: string;
}

/** A segment that holds on the half it was not found in. */
export interface Segment {
  readonly conditions: readonly Condition[];
  readonly casesA: number;
  readonly casesB: number;
  /** Means over half B, in pico. */
  readonly marginPico: number;
  readonly restMarginPico: number;
  /** Holm-adjusted for all candidates that were tested on B. */
  readonly adjustedPValue: number;
}

export interface SegmentSearch {
  /** Items of each half. */
  readonly casesA: number;
  readonly casesB: number;
  /** Candidates that were scored on A. */
  readonly scored: number;
  /** The candidates tested on B, before B was read; sealed together with the split's salt. */
  readonly candidates: readonly (readonly Condition[])[];
  /** Those that hold on B, in the order of their quality on A. */
  readonly segments: readonly Segment[];
}

const BEAM_WIDTH = 20;
const DEEPEST = 3;
const FEWEST_CASES = 30;
const LEAST_SHARE = 0.01;
const MOST_CANDIDATES = 10;
const ALPHA = 0.05;

/**
 * Segments in which the margin is lower than elsewhere (methods.md 6): a beam search over conjunctions of at most three
 * intake attributes on half A by (n / N)^0.5 (mean - mean_S) / s, with redundant ones covered by better ones left out;
 * then at most ten candidates are tested once on half B (Welch against the rest, Holm), each also against the wider
 * segments it refines, and against the others that hold, of which it must be no shadow. Ties go to fewer conditions,
 * then by name: deterministic.
 *
 * @returns what was searched, tested and found; nothing is found in halves of fewer than 60 items
 */
export function findSegments(cases: readonly SegmentCase[]): SegmentSearch {
  const inA = cases.filter(({ half }) => half === 'A').map(asRow);
  const inB = cases.filter(({ half }) => half === 'B').map(asRow);
  const { scored, best } = beamSearch(inA);
  const candidates = coverGreedily(best, inA);
  return {
    casesA: inA.length,
    casesB: inB.length,
    scored,
    candidates: candidates.map(({ conditions }) => conditions),
    segments: confirm(candidates, inB),
  };
}

interface Row {
  readonly attributes: Readonly<Record<string, string>>;
  readonly margin: number;
}

interface Candidate {
  readonly conditions: readonly Condition[];
  readonly rows: readonly Row[];
  readonly quality: number;
}

const asRow = ({ attributes, marginPico }: SegmentCase): Row => ({ attributes, margin: Number(marginPico) });

function beamSearch(rows: readonly Row[]): { scored: number; best: Candidate[] } {
  const least = Math.max(FEWEST_CASES, Math.ceil(rows.length * LEAST_SHARE));
  if (rows.length < 2 * least) return { scored: 0, best: [] };
  const all = momentsOf(rows.map(({ margin }) => margin));
  if (all.deviation === 0) return { scored: 0, best: [] };
  const seen = new Set<string>();
  const best: Candidate[] = [];
  let beam: Candidate[] = [{ conditions: [], rows, quality: 0 }];
  let scored = 0;
  for (let depth = 1; depth <= DEEPEST && beam.length > 0; depth++) {
    const grown: Candidate[] = [];
    for (const parent of beam)
      for (const [condition, matching] of refinements(parent, least)) {
        const conditions = [...parent.conditions, condition].sort(byAttribute);
        const name = nameOf(conditions);
        if (seen.has(name)) continue;
        seen.add(name);
        scored++;
        const mean = meanOf(matching);
        const quality = (Math.sqrt(matching.length / rows.length) * (all.mean - mean)) / all.deviation;
        if (quality > 0) grown.push({ conditions, rows: matching, quality });
      }
    beam = grown.sort(byQuality).slice(0, BEAM_WIDTH);
    best.push(...beam);
  }
  return { scored, best: best.sort(byQuality) };
}

/** Each further condition that still leaves enough of the parent's rows, and takes some away. */
function refinements({ conditions, rows }: Candidate, least: number): [Condition, Row[]][] {
  const taken = new Set(conditions.map(({ attribute }) => attribute));
  const groups = new Map<string, [Condition, Row[]]>();
  for (const row of rows)
    for (const [attribute, value] of Object.entries(row.attributes)) {
      if (taken.has(attribute)) continue;
      const name = nameOf([{ attribute, value }]);
      const group = groups.get(name);
      if (group) group[1].push(row);
      else groups.set(name, [{ attribute, value }, [row]]);
    }
  return [...groups.values()].filter(
    ([, matching]) => matching.length >= least && matching.length < rows.length,
  );
}

/** The best candidates that each cover cases of their own: a case counts half as much each time it is covered. */
function coverGreedily(best: readonly Candidate[], rows: readonly Row[]): Candidate[] {
  const weights = new Map(rows.map((row) => [row, 1]));
  const chosen: Candidate[] = [];
  const left = [...best];
  while (chosen.length < MOST_CANDIDATES && left.length > 0) {
    const worth = left.map(({ rows: covered, quality }) => {
      const weight = covered.reduce((sum, row) => sum + weights.get(row)!, 0);
      return (quality * weight) / covered.length;
    });
    const most = worth.reduce((highest, each) => Math.max(highest, each), 0);
    if (most <= 0) break;
    const [next] = left.splice(worth.indexOf(most), 1);
    chosen.push(next!);
    for (const row of next!.rows) weights.set(row, weights.get(row)! / 2);
  }
  return chosen;
}

interface Tested {
  readonly segment: Segment;
  readonly inside: ReadonlySet<Row>;
}

function confirm(candidates: readonly Candidate[], rows: readonly Row[]): Segment[] {
  const tested = candidates.map(({ conditions, rows: inA }) => {
    const inside = rows.filter((row) => matches(row, conditions));
    const outside = rows.filter((row) => !matches(row, conditions));
    return { conditions, casesA: inA.length, inside, outside, test: compare(inside, outside) };
  });
  const adjusted = holmAdjusted(tested.map(({ test }) => test?.pValue ?? 1));
  let kept: Tested[] = [];
  for (const [index, { conditions, casesA, inside, outside, test }] of tested.entries()) {
    const isLower = test !== null && test.t < 0 && adjusted[index]! < ALPHA;
    if (!isLower || !refinesItsParents(conditions, inside, rows)) continue;
    const next: Tested = {
      inside: new Set(inside),
      segment: {
        conditions,
        casesA,
        casesB: inside.length,
        marginPico: meanOf(inside),
        restMarginPico: meanOf(outside),
        adjustedPValue: adjusted[index]!,
      },
    };
    if (kept.some((other) => isExplainedBy(next, other, rows))) continue;
    kept = [...kept.filter((other) => !isExplainedBy(other, next, rows)), next];
  }
  return kept.map(({ segment }) => segment);
}

/**
 * Whether a segment is only the shadow of another: what it has outside of it is no worse than the rest; or, where it
 * lies within the other, it is no worse than what is left of that.
 */
function isExplainedBy({ inside }: Tested, { inside: other }: Tested, rows: readonly Row[]): boolean {
  const own = rows.filter((row) => inside.has(row) && !other.has(row));
  const test =
    own.length === 0
      ? compare(
          [...inside],
          rows.filter((row) => other.has(row) && !inside.has(row)),
        )
      : compare(
          own,
          rows.filter((row) => !inside.has(row) && !other.has(row)),
        );
  return test === null || test.t >= 0 || test.pValue >= ALPHA;
}

/** A narrower segment is worth its extra condition only where it is worse than the rest of each wider one. */
function refinesItsParents(
  conditions: readonly Condition[],
  inside: readonly Row[],
  rows: readonly Row[],
): boolean {
  if (conditions.length === 1) return true;
  return conditions.every((dropped) => {
    const parent = conditions.filter((condition) => condition !== dropped);
    const rest = rows.filter((row) => matches(row, parent) && !matches(row, conditions));
    const test = compare(inside, rest);
    return test !== null && test.t < 0 && test.pValue < ALPHA;
  });
}

function compare(inside: readonly Row[], outside: readonly Row[]): ReturnType<typeof welchTest> | null {
  if (inside.length < FEWEST_CASES || outside.length < 2) return null;
  return welchTest(moments(inside), moments(outside));
}

const moments = (rows: readonly Row[]): SampleMoments => momentsOf(rows.map(({ margin }) => margin));
const meanOf = (rows: readonly Row[]): number =>
  rows.reduce((sum, { margin }) => sum + margin, 0) / rows.length;
const matches = ({ attributes }: Row, conditions: readonly Condition[]): boolean =>
  conditions.every(({ attribute, value }) => attributes[attribute] === value);
const nameOf = (conditions: readonly Condition[]): string =>
  JSON.stringify(conditions.map(({ attribute, value }) => [attribute, value]));
const byAttribute = (a: Condition, b: Condition): number => (a.attribute < b.attribute ? -1 : 1);
const byQuality = (a: Candidate, b: Candidate): number =>
  b.quality - a.quality ||
  a.conditions.length - b.conditions.length ||
  (nameOf(a.conditions) < nameOf(b.conditions) ? -1 : 1);

/**
 * Weighted relative accuracy p(S) (p(loss | S) - p(loss)) and lift of a segment of losing cases (methods.md 6.2).
 * @throws RangeError for counts that cannot be
 */
export function lossConcentration(counts: {
  readonly cases: number;
  readonly losses: number;
  readonly segmentCases: number;
  readonly segmentLosses: number;
}): { readonly weightedRelativeAccuracy: number; readonly lift: number | null } {
  const { cases, losses, segmentCases, segmentLosses } = counts;
  if (segmentCases <= 0 || segmentCases > cases || segmentLosses > segmentCases || segmentLosses > losses)
    throw new RangeError('a segment is a part of the cases');
  const [share, inside, overall] = [segmentCases / cases, segmentLosses / segmentCases, losses / cases];
  return {
    weightedRelativeAccuracy: share * (inside - overall),
    lift: overall === 0 ? null : inside / overall,
  };
}
