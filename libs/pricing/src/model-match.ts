import { z } from 'zod';

/**
 * How a price row recognises a model name. The grammar is the one of genai-prices, so that its catalogue
 * needs no translation. Names are compared in lower case; a regex sees the lower-case name.
 */
export type ModelMatch =
  | { readonly equals: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly contains: string }
  | { readonly regex: string }
  | { readonly or: readonly ModelMatch[] }
  | { readonly and: readonly ModelMatch[] };

const MAX_NAME = 512;
const MAX_REGEX = 200;
const MAX_ALTERNATIVES = 500;

const text = z.string().min(1).max(MAX_NAME);

/** Validates a match from the database, the API or an import; at most 500 alternatives per level. */
export const modelMatchSchema: z.ZodType<ModelMatch> = z.lazy(() =>
  z.union([
    z.strictObject({ equals: text }),
    z.strictObject({ starts_with: text }),
    z.strictObject({ ends_with: text }),
    z.strictObject({ contains: text }),
    z.strictObject({
      regex: z.string().min(1).max(MAX_REGEX).refine(isSafeRegex, 'not a plain regular expression'),
    }),
    z.strictObject({ or: z.array(modelMatchSchema).min(1).max(MAX_ALTERNATIVES) }),
    z.strictObject({ and: z.array(modelMatchSchema).min(1).max(MAX_ALTERNATIVES) }),
  ]),
);

/**
 * Whether a regex can be run over model names from outside: it compiles, has no back-reference, and no
 * repeated group that repeats inside (`(a+)+`), the shape that makes matching exponential.
 */
function isSafeRegex(source: string): boolean {
  if (/\\[1-9]|\\k</.test(source)) return false;
  if (/\([^()]*[*+{][^()]*\)\s*[*+{]/.test(source)) return false;
  try {
    return new RegExp(source).source.length > 0;
  } catch {
    return false;
  }
}

export type ModelTest = (lowerCaseName: string) => boolean;

/** A match taken apart: names that can be looked up, and tests that must be run. */
export interface CompiledMatch {
  readonly exactNames: readonly string[];
  readonly tests: readonly { readonly test: ModelTest; readonly namesFineTunes: boolean }[];
}

/** Splits a match into exact lower-case names (`equals`, also inside `or`) and tests for everything else. */
export function compileMatch(match: ModelMatch): CompiledMatch {
  const alternatives = flattenOr(match);
  const exactNames = alternatives.flatMap((each) => ('equals' in each ? [each.equals.toLowerCase()] : []));
  const tests = alternatives
    .filter((each) => !('equals' in each))
    .map((each) => ({ test: compileTest(each), namesFineTunes: JSON.stringify(each).includes('ft:') }));
  return { exactNames: [...new Set(exactNames)], tests };
}

function flattenOr(match: ModelMatch): readonly ModelMatch[] {
  return 'or' in match ? match.or.flatMap(flattenOr) : [match];
}

function compileTest(match: ModelMatch): ModelTest {
  if ('equals' in match) return equalTo(match.equals.toLowerCase());
  if ('starts_with' in match) return startingWith(match.starts_with.toLowerCase());
  if ('ends_with' in match) return endingWith(match.ends_with.toLowerCase());
  if ('contains' in match) return containing(match.contains.toLowerCase());
  if ('regex' in match) {
    const expression = new RegExp(match.regex);
    return (name) => expression.test(name);
  }
  const tests = ('or' in match ? match.or : match.and).map(compileTest);
  return 'or' in match
    ? (name) => tests.some((test) => test(name))
    : (name) => tests.every((test) => test(name));
}

const equalTo =
  (literal: string): ModelTest =>
  (name) =>
    name === literal;
const startingWith =
  (literal: string): ModelTest =>
  (name) =>
    name.startsWith(literal);
const endingWith =
  (literal: string): ModelTest =>
  (name) =>
    name.endsWith(literal);
const containing =
  (literal: string): ModelTest =>
  (name) =>
    name.includes(literal);
