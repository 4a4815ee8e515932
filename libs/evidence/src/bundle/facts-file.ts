import { InvalidEvidence } from '../errors.ts';
import type { CanonicalValue } from '../canonical-json.ts';
import { countOf, listOf, objectOf, textOf, type Json, type JsonObject } from './read-json.ts';

/**
 * The facts of a trail as a file: what it is derived from, without what the bundle shows elsewhere. Written `{"$int":
 * "5"}`: a whole number. `{"$leaf": 12}`: where a leaf stands, its hash and times; read off the leaf itself.
 * `{"$step": ["<trace>", 3, {…}]}`: the fourth step record of a trace, read off the proven records, with its personal
 * members, which the record commits to under a salt (null where it holds them itself).
 */
export type EncodedFacts = CanonicalValue;

/** What the references in a facts file stand for. */
export interface FactsContext {
  /** @returns the value of a leaf reference */
  readonly leafAt: (index: number) => unknown;
  /** @returns the step of a record */
  readonly stepAt: (traceId: string, place: number, personal: JsonObject | null) => unknown;
}

/** Where the record of a step stands, and its personal members; null where the record holds them itself. */
export interface StepPlace {
  readonly place: number;
  readonly personal: CanonicalValue;
}

/**
 * @param stepPlace of a step, its place among the records of its trace
 * @param onLeaf told of every leaf that is referred to
 * @throws RangeError for a step that no record is of
 */
export function encodeFacts(
  value: unknown,
  stepPlace: (traceId: string, spanId: string, startedAtNs: bigint) => StepPlace,
  onLeaf: (index: number) => void = () => {},
): EncodedFacts {
  if (typeof value === 'bigint') return { $int: value.toString() };
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object') throw new RangeError(`a ${typeof value} is no fact`);
  if (isList(value)) return value.map((each) => encodeFacts(each, stepPlace, onLeaf));
  if (isStamp(value)) {
    onLeaf(value.index);
    return { $leaf: value.index };
  }
  if (isStep(value)) {
    const { place, personal } = stepPlace(value.traceId, value.spanId, value.startedAtNs);
    return { $step: [value.traceId, place, personal] };
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]: [string, unknown]) =>
      member === undefined ? [] : [[key, encodeFacts(member, stepPlace, onLeaf)]],
    ),
  );
}

/** The inverse of `encodeFacts`. @throws InvalidEvidence for a reference that leads nowhere */
export function decodeFacts(value: Json, context: FactsContext): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((each) => decodeFacts(each, context));
  const { $int: int, $leaf: leaf, $step: step } = value;
  if (int !== undefined) {
    const text = textOf(int, '$int');
    if (!/^-?\d+$/.test(text)) throw new InvalidEvidence('a whole number of the facts is malformed');
    return BigInt(text);
  }
  if (leaf !== undefined) return context.leafAt(countOf(leaf, '$leaf'));
  if (step !== undefined) {
    const [traceId, place, personal] = listOf(step, '$step');
    const own = personal === null ? null : objectOf(personal, 'personal');
    return context.stepAt(textOf(traceId, 'trace'), countOf(place, 'place'), own);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, decodeFacts(member, context)]),
  );
}

function isStamp(value: object): value is { index: number } {
  return (
    ['index', 'hash', 'recordedAtUs', 'sealedAtUs'].every((key) => key in value) &&
    Object.keys(value).length === 4
  );
}
function isStep(value: object): value is { traceId: string; spanId: string; startedAtNs: bigint } {
  return ['traceId', 'spanId', 'startedAtNs', 'usageState', 'workItemKeys'].every((key) => key in value);
}
function isList<Item>(value: readonly Item[] | object): value is readonly Item[] {
  return Array.isArray(value);
}
