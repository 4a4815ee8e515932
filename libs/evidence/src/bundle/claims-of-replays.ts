import { canonicalJson, type CanonicalValue } from '../canonical-json.ts';
import { InvalidEvidence } from '../errors.ts';
import { openedDigests, stepField } from './claims-of-content.ts';
import { decodeFacts } from './facts-file.ts';
import { readSteps } from './claims-of-trails.ts';
import { sha256 } from './manifest.ts';
import { perBundle, traceById, type OpenedBundle } from './opened-bundle.ts';
import { readCanonical, textOf, type JsonObject } from './read-json.ts';

/** How trails are made: the stage of the steps, handed in, because evidence knows nothing of it. */
export interface DeriveTrail {
  /** @param record canonical step record @param personal the members that it only commits to */
  readonly parseStep: (record: string, personal: JsonObject | null) => unknown;
  /** @param facts as `decodeFacts` gives them @returns the files of the trail by their endings, and what it is about */
  readonly derive: (facts: unknown) => DerivedTrail;
}

export interface DerivedTrail {
  /** By ending: `replay.json`, `prov.json`, `md`. */
  readonly files: Readonly<Record<string, string>>;
  /** Sums on cost accounts that the trail states; compared with the journal. */
  readonly costs: readonly TrailCost[];
  /** Outcome events that the trail states, with the leaf of each. */
  readonly outcomes: readonly { readonly eventId: string; readonly verb: string; readonly leaf: number }[];
}

export interface TrailCost {
  readonly postingId: string;
  readonly usageSpanId: string;
  readonly account: string;
  readonly asset: string;
  readonly amount: bigint;
}

/**
 * Each trail is made again from its facts, whose steps, times and places are those of the proven records and leaves, and
 * is the file, byte by byte; its outcomes are leaves, its cost is the journal's.
 */
export function replaysAreDerived(bundle: OpenedBundle, trails: DeriveTrail): string {
  const listed = bundle.manifest.predicate.trails;
  const known = new Set<string>();
  for (const [name, digest] of Object.entries(listed)) {
    const facts = decodeFacts(readCanonical(bundle.file(factsPath(name)), factsPath(name)), {
      leafAt: (index) => stampOf(bundle, index),
      stepAt: (traceId, place, personal) => {
        const record = recordAt(bundle, traceId, place);
        isItsIdentity(bundle, traceId, record, personal);
        return trails.parseStep(record, personal);
      },
    });
    const derived = trails.derive(facts);
    for (const [ending, text] of Object.entries(derived.files))
      if (!bundle.file(`trails/${name}.${ending}`).equals(Buffer.from(text)))
        throw new InvalidEvidence(`trails/${name}.${ending} does not follow from the facts`);
    if (sha256(Buffer.from(derived.files['replay.json'] ?? '')) !== digest)
      throw new InvalidEvidence(`the replay of ${name} has another digest than the manifest says`);
    for (const outcome of derived.outcomes) isOutcomeLeaf(bundle, outcome);
    costIsTheJournals(bundle, name, derived.costs);
    for (const ending of ['facts.json', ...Object.keys(derived.files)]) known.add(`trails/${name}.${ending}`);
  }
  for (const path of bundle.files.keys())
    if (path.startsWith('trails/') && !known.has(path))
      throw new InvalidEvidence(`${path} belongs to no trail of the manifest`);
  return `${Object.keys(listed).length} trails, made again from ${bundle.manifest.predicate.traces.length} traces`;
}

/** What a trail is derived from. */
export const factsPath = (name: string): string => `trails/${name}.facts.json`;

function recordAt(bundle: OpenedBundle, traceId: string, place: number): string {
  const trace = traceById(bundle, traceId);
  const record = trace === undefined ? undefined : readSteps(bundle, trace)[place];
  if (record === undefined)
    throw new InvalidEvidence(`the facts name a step of trace ${traceId} that is not there`);
  return record;
}

const closedPlaces = perBundle(
  ({ manifest }) => new Set(manifest.predicate.redactions.map(({ leaf, field }) => `${leaf} ${field}`)),
);

/** The personal members are those that the record commits to, wherever that commitment is opened. */
function isItsIdentity(
  bundle: OpenedBundle,
  traceId: string,
  record: string,
  personal: JsonObject | null,
): void {
  const step = readCanonical(Buffer.from(record), 'a step');
  if (personal === null || step['commitments'] === undefined) {
    if (personal !== null || step['commitments'] !== undefined)
      throw new InvalidEvidence(
        `the personal members of a step of trace ${traceId} are not those of its record`,
      );
    return;
  }
  const field = stepField(step, 'identity');
  const place = `${traceById(bundle, traceId)?.leaf} ${field}`;
  const opening = openedDigests(bundle).get(place);
  const digest = sha256(Buffer.from(canonicalJson(personal as CanonicalValue)));
  if (opening === undefined ? !closedPlaces(bundle).has(place) : opening !== digest)
    throw new InvalidEvidence(
      `the personal members of ${field} of trace ${traceId} are not what was committed to`,
    );
}

function stampOf(bundle: OpenedBundle, index: number): unknown {
  const leaf = bundle.leaves.get(index);
  if (leaf === undefined) throw new InvalidEvidence(`the facts name leaf ${index}, which is missing`);
  return {
    index,
    hash: leaf.hash.toString('base64'),
    recordedAtUs: toUs(textOf(leaf.fields['recordedAt'], 'recordedAt')),
    sealedAtUs: toUs(textOf(leaf.fields['sealedAt'], 'sealedAt')),
  };
}

/** `2026-11-21T20:28:43.123456000Z` as microseconds since the epoch. */
function toUs(time: string): bigint {
  const [, second, micros] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})000Z$/.exec(time) ?? [];
  const atMs = Date.parse(`${second}Z`);
  if (micros === undefined || Number.isNaN(atMs)) throw new InvalidEvidence(`${time} is no time of a leaf`);
  return BigInt(atMs) * 1000n + BigInt(micros);
}

function isOutcomeLeaf(
  bundle: OpenedBundle,
  { eventId, verb, leaf }: DerivedTrail['outcomes'][number],
): void {
  const { fields } = bundle.leaf(leaf, 'outcome.event');
  if (fields['event'] !== eventId || fields['verb'] !== verb)
    throw new InvalidEvidence(`the trail states the outcome ${eventId}, which leaf ${leaf} does not`);
}

const placeOfCost = (cost: Omit<TrailCost, 'amount'>): string =>
  `${cost.postingId} ${cost.usageSpanId} ${cost.account} ${cost.asset}`;

const postedCosts = perBundle((bundle): ReadonlyMap<string, bigint> => {
  const sums = new Map<string, bigint>();
  for (const { transaction } of bundle.journal)
    for (const entry of transaction.entries) {
      const id = placeOfCost({ ...entry, postingId: transaction.postingId });
      sums.set(id, (sums.get(id) ?? 0n) + entry.amount);
    }
  return sums;
});

/** Over the postings of the trail's traces, the trail and the journal have the same sums. */
function costIsTheJournals(bundle: OpenedBundle, name: string, costs: readonly TrailCost[]): void {
  const stated = new Map<string, bigint>();
  for (const cost of costs) {
    const id = placeOfCost(cost);
    stated.set(id, (stated.get(id) ?? 0n) + cost.amount);
  }
  const posted = postedCosts(bundle);
  for (const [id, amount] of stated)
    if ((posted.get(id) ?? 0n) !== amount)
      throw new InvalidEvidence(
        `the trail ${name} states ${amount} on ${id}, the journal ${posted.get(id) ?? 0n}`,
      );
}
