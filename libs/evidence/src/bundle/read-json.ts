import { canonicalJson } from '../canonical-json.ts';
import { InvalidEvidence } from '../errors.ts';

/** A JSON value as `JSON.parse` gives it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

/**
 * Reads bytes that must be one RFC 8785 text: whoever changes a byte changes the value or is refused.
 *
 * @param what names the text in errors
 * @throws InvalidEvidence when they are not
 */
export function readCanonical(bytes: Buffer, what: string): JsonObject {
  const text = bytes.toString('utf8');
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidEvidence(`${what} is no JSON`, { cause: error });
  }
  if (!Buffer.from(canonicalJson(value)).equals(bytes))
    throw new InvalidEvidence(`${what} is not written canonically (RFC 8785)`);
  return objectOf(value, what);
}

/** The lines of a file of canonical JSON objects, one a line, each line ended. */
export function readCanonicalLines(bytes: Buffer, what: string): JsonObject[] {
  return linesOf(bytes, what).map((line, i) => readCanonical(Buffer.from(line), `${what} line ${i + 1}`));
}

/** The lines of a text of which each is ended; none for an empty one. */
export function linesOf(bytes: Buffer, what: string): string[] {
  if (bytes.length === 0) return [];
  const lines = bytes.toString('utf8').split('\n');
  if (lines.pop() !== '') throw new InvalidEvidence(`the last line of ${what} is cut off`);
  return lines;
}

export function objectOf(value: Json | undefined, what: string): JsonObject {
  if (!isObject(value)) throw new InvalidEvidence(`${what} must be an object`);
  return value;
}

export function listOf(value: Json | undefined, what: string): readonly Json[] {
  if (!isList(value)) throw new InvalidEvidence(`${what} must be a list`);
  return value;
}

export function textOf(value: Json | undefined, what: string): string {
  if (typeof value !== 'string') throw new InvalidEvidence(`${what} must be a text`);
  return value;
}

/** A whole number from 0 to 2^53 - 1. */
export function countOf(value: Json | undefined, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidEvidence(`${what} must be a whole number`);
  return value;
}

/** A whole number of any size, as decimal text. */
export function amountOf(value: Json | undefined, what: string): bigint {
  if (typeof value !== 'string' || !/^(0|-?[1-9]\d*)$/.test(value))
    throw new InvalidEvidence(`${what} must be a whole number as text`);
  return BigInt(value);
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value);
