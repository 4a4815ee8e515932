import type { Decision, Step } from '#model';
import { CostSum } from '../fold/costs.ts';
import type { Trail, TrailEntry } from '../fold/fold-trail.ts';
import { hasFailed } from '../fold/retries.ts';
import { textOf, type ContentFact, type ContentFacts } from '../reading/content-fact.ts';
import { readTrailContent, sameJson } from '../reading/read-trail.ts';
import { toolsOf } from '../replay/state-after.ts';
import { toReplay } from '../replay/to-replay.ts';
import { actsOf, type Act } from './acts-of.ts';
import { align, type Aligned } from './align.ts';
import { DIFF_FORMAT, DIFF_LABEL, type DiffRow, type DiffSide, type TrailDiff } from './diff-format.ts';

/** A trail to be compared, with what of its content can be opened. */
export interface Comparable {
  readonly trail: Trail;
  readonly contents: ContentFacts;
}

/**
 * How two trails differ: their acts aligned, and what the verdicts were preceded by. It states differences, never a
 * cause. Pure and deterministic.
 *
 * @throws RangeError for trails too long to be compared
 */
export function diffTrails(a: Comparable, b: Comparable): TrailDiff {
  const acts = [actsOf(a.trail), actsOf(b.trail)] as const;
  const deeds = new Set(acts.flat().flatMap(({ signature, isDeed }) => (isDeed ? [signature] : [])));
  const rows = align(
    acts[0].map(({ signature }) => signature),
    acts[1].map(({ signature }) => signature),
    (signature) => deeds.has(signature),
  ).map((place) => toRow(place, acts, a, b));
  const early = rows.filter((row) => !row.afterVerdict);
  return {
    format: DIFF_FORMAT,
    label: DIFF_LABEL,
    size: a.trail.facts.size,
    a: toSide(a.trail, acts[0]),
    b: toSide(b.trail, acts[1]),
    firstDivergence: early.find(isDivergence) ?? null,
    firstDifference: early.find((row) => row.class !== 'same') ?? null,
    rows,
    rules: rulesBetween(a.trail, b.trail),
    retrieved: retrievedBetween(a, b),
    tools: toolsBetween(a.trail, b.trail),
    tokens: tokensBetween(a.trail, b.trail),
  };
}

const TELLING = new Set(['input', 'disposition', 'model', 'rule_version', 'retrieved_set', 'retry_count']);

const isDivergence = (row: DiffRow): boolean =>
  row.isDeed &&
  (row.class === 'only_a' || row.class === 'only_b' || row.changed.some((what) => TELLING.has(what)));

function toRow(
  place: Aligned,
  acts: readonly [readonly Act[], readonly Act[]],
  a: Comparable,
  b: Comparable,
): DiffRow {
  const inA = place.a === null ? null : acts[0][place.a]!;
  const inB = place.b === null ? null : acts[1][place.b]!;
  const either = (inA ?? inB)!;
  const compared =
    inA === null || inB === null ? NOT_COMPARED : compareActs(inA, inB, a.contents, b.contents);
  return {
    class:
      inB === null ? 'only_a' : inA === null ? 'only_b' : compared.changed.length > 0 ? 'changed' : 'same',
    signature: either.signature,
    a: inA?.tries[0]!.n ?? null,
    b: inB?.tries[0]!.n ?? null,
    ...compared,
    isDeed: either.isDeed,
    afterVerdict: isAfterVerdict(inA, a.trail) || isAfterVerdict(inB, b.trail),
  };
}

const NOT_COMPARED = { changed: [], unknown: [] };

const isAfterVerdict = (act: Act | null, { verdict }: Trail): boolean =>
  act !== null && verdict !== null && act.tries[0]!.happenedAtNs > verdict.happenedAtNs;

function compareActs(
  a: Act,
  b: Act,
  contentsA: ContentFacts,
  contentsB: ContentFacts,
): Pick<DiffRow, 'changed' | 'unknown'> {
  const changed: string[] = [];
  const unknown: string[] = [];
  const [firstA, lastA] = [stepOf(a.tries[0]!), stepOf(a.tries.at(-1)!)];
  const [firstB, lastB] = [stepOf(b.tries[0]!), stepOf(b.tries.at(-1)!)];
  if (firstA !== null && firstB !== null && lastA !== null && lastB !== null) {
    const partsA = contentsA.of(firstA.traceId, firstA.spanId);
    const partsB = contentsB.of(firstB.traceId, firstB.spanId);
    note('input', sameParts(INPUT, partsA, partsB), changed, unknown);
    const outA = contentsA.of(lastA.traceId, lastA.spanId);
    const outB = contentsB.of(lastB.traceId, lastB.spanId);
    note('output', sameParts(OUTPUT, outA, outB), changed, unknown);
    if (hasFailed(lastA) !== hasFailed(lastB) || lastA.tool?.disposition !== lastB.tool?.disposition)
      changed.push('disposition');
    if (firstA.modelRequest !== firstB.modelRequest) changed.push('model');
    if (firstA.kind === 'retrieval')
      note('retrieved_set', sameDocuments(lastA, lastB, outA, outB), changed, unknown);
  }
  if (versionsOf(a) !== versionsOf(b)) changed.push('rule_version');
  if (a.tries.length !== b.tries.length) changed.push('retry_count');
  return { changed: changed.sort(), unknown: unknown.sort() };
}

const stepOf = (entry: TrailEntry): Step | null => (entry.type === 'step' ? entry.fact.step : null);

const INPUT = ['tool.arguments', 'input.messages', 'system'];
const OUTPUT = ['tool.result', 'output.messages'];

/** Whether all of these parts say the same; null where one side has a part that the other one has not, or that is redacted. */
function sameParts(
  names: readonly string[],
  a: readonly ContentFact[],
  b: readonly ContentFact[],
): boolean | null {
  const known = names.filter((name) => [...a, ...b].some(({ part }) => part === name));
  if (known.length === 0) return null;
  const verdicts = known.map((name) => {
    const texts = [textOf(a, name), textOf(b, name)] as const;
    return texts[0] === null || texts[1] === null ? null : sameJson(texts[0], texts[1]);
  });
  return verdicts.includes(false) ? false : verdicts.includes(null) ? null : true;
}

function note(what: string, isSame: boolean | null, changed: string[], unknown: string[]): void {
  if (isSame === false) changed.push(what);
  if (isSame === null) unknown.push(what);
}

function sameDocuments(
  a: Step,
  b: Step,
  partsA: readonly ContentFact[],
  partsB: readonly ContentFact[],
): boolean | null {
  const isSame = sameParts(['documents'], partsA, partsB);
  if (isSame !== null) return isSame;
  return a.documentCount !== null && b.documentCount !== null && a.documentCount !== b.documentCount
    ? false
    : null;
}

const decisionsOf = (entry: TrailEntry): readonly Decision[] =>
  entry.type === 'step'
    ? (entry.fact.step.decisions ?? [])
    : entry.type === 'told'
      ? [entry.fact.decision]
      : [];

const versionsOf = ({ tries }: Act): string =>
  tries
    .flatMap(decisionsOf)
    .map(({ kind, id, version }) => `${kind} ${id}@${version}`)
    .sort()
    .join();

function toSide(trail: Trail, acts: readonly Act[]): DiffSide {
  const own = trail.facts.entries.filter(({ workItemRef }) => workItemRef === trail.facts.item.ref);
  return {
    trail: trail.facts.item.surrogateId,
    phase: trail.facts.item.phase,
    verdict: trail.verdict?.n ?? null,
    acts: acts.length,
    retries: acts.reduce((sum, { tries }) => sum + tries.length - 1, 0),
    cost: new CostSum().add(own).amounts(),
    callsWithoutUsage: acts.flatMap(({ tries }) => tries).filter((entry) => isWithoutUsage(stepOf(entry)))
      .length,
  };
}

const isWithoutUsage = (step: Step | null): boolean =>
  step !== null && step.role === 'leaf' && step.usage === null;

const RULE_KINDS = new Set(['rule', 'exception', 'precedent']);

function rulesBetween(a: Trail, b: Trail): TrailDiff['rules'] {
  const [inA, inB] = [rulesOf(a), rulesOf(b)];
  const both = [...inA.keys()].filter((rule) => inB.has(rule)).sort();
  return {
    onlyA: [...inA.keys()].filter((rule) => !inB.has(rule)).sort(),
    onlyB: [...inB.keys()].filter((rule) => !inA.has(rule)).sort(),
    versions: both
      .filter((rule) => inA.get(rule) !== inB.get(rule))
      .map((rule) => ({ rule, a: inA.get(rule) ?? null, b: inB.get(rule) ?? null })),
  };
}

function rulesOf({ entries }: Trail): Map<string, string | null> {
  const versions = new Map<string, string | null>();
  for (const { kind, id, version } of entries.flatMap(decisionsOf))
    if (RULE_KINDS.has(kind)) versions.set(`${kind} ${id}`, version);
  return versions;
}

function retrievedBetween(a: Comparable, b: Comparable): TrailDiff['retrieved'] {
  const [inA, inB] = [usedIn(a), usedIn(b)];
  const only = (these: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
    [...these].filter((id) => !others.has(id)).sort();
  return {
    usedOnlyA: only(inA.used, inB.used),
    usedOnlyB: only(inB.used, inA.used),
    usedByBoth: [...inA.used].filter((id) => inB.used.has(id)).sort(),
    unknown: inA.unknown + inB.unknown,
  };
}

function usedIn({ trail, contents }: Comparable): { used: Set<string>; unknown: number } {
  const documents = readTrailContent(trail, contents, false).flatMap((reading) => reading.documents ?? []);
  return {
    used: new Set(documents.flatMap(({ id, use }) => (use === 'used' && id !== null ? [id] : []))),
    unknown: documents.filter(({ use }) => use === 'unknown').length,
  };
}

function toolsBetween(a: Trail, b: Trail): TrailDiff['tools'] {
  const [inA, inB] = [toolCounts(a), toolCounts(b)];
  return [...new Set([...inA.keys(), ...inB.keys()])]
    .sort()
    .map((tool) => ({ tool, a: inA.get(tool) ?? NEVER, b: inB.get(tool) ?? NEVER }))
    .filter(({ a: x, b: y }) => x.called !== y.called || x.failed !== y.failed);
}

const toolCounts = (trail: Trail): Map<string, Count> =>
  new Map(toolsOf(toReplay(trail, 'recorded').entries).map(({ tool, ...count }) => [tool, count]));

interface Count {
  readonly called: number;
  readonly failed: number;
}
const NEVER: Count = { called: 0, failed: 0 };

function tokensBetween(a: Trail, b: Trail): TrailDiff['tokens'] {
  const [inA, inB] = [tokensOf(a), tokensOf(b)];
  return [...new Set([...inA.keys(), ...inB.keys()])].sort().map((bucket) => {
    const [x, y] = [inA.get(bucket) ?? 0n, inB.get(bucket) ?? 0n];
    return { class: bucket, a: x.toString(), b: y.toString(), difference: (y - x).toString() };
  });
}

/** Tokens of the trail's own calls, by class. */
function tokensOf({ entries }: Trail): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const entry of entries) {
    const step = stepOf(entry);
    if (step === null || step.role !== 'leaf' || step.overheadPool !== null) continue;
    for (const [bucket, count] of Object.entries(step.usage?.tokens ?? {}))
      sums.set(bucket, (sums.get(bucket) ?? 0n) + count);
  }
  return sums;
}
