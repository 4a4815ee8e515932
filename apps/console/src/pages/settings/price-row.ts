import { toPicoPerToken } from './to-pico-per-token.ts';
import type { Schemas } from '../../api/wire-types.ts';

/** A price as somebody types it: dollars per million tokens, as lists have it; empty = not stated. */
export interface GivenPrice {
  readonly book: string;
  readonly source: string;
  readonly provider: string;
  readonly model: string;
  readonly input: string;
  readonly cacheRead: string;
  readonly output: string;
}

/** The classes of tokens a price is stated for. */
const CLASSES = [
  ['input', 'in_uncached'],
  ['cacheRead', 'cache_read'],
  ['output', 'out_text'],
] as const;

/**
 * The version of a book that holds just this row.
 * @returns the fields that break a rule, in place of it, where there are any
 */
export function toPriceBook(
  given: GivenPrice,
): { readonly body: Schemas['NewPriceBookVersion'] } | { readonly errors: readonly string[] } {
  const stated = CLASSES.flatMap(([field, name]) => {
    const text = given[field].trim();
    return text === '' ? [] : [[name, toPicoPerToken(text)] as const];
  });
  const errors = [
    ...(['book', 'source', 'provider', 'model'] as const)
      .filter((field) => given[field].trim() === '')
      .map((field) => `${field} is missing`),
    ...(stated.length === 0 ? ['no price is stated'] : []),
    ...stated
      .filter(([, pico]) => pico === null)
      .map(([name]) => `${name} is no amount with at most six decimals, as 0.09`),
  ];
  if (errors.length > 0) return { errors };
  return {
    body: {
      book: given.book.trim(),
      source: given.source.trim(),
      mode: 'add',
      format: 'rows',
      rows: [
        {
          provider: given.provider.trim(),
          model: given.model.trim(),
          prices: Object.fromEntries(stated.map(([name, pico]) => [name, pico ?? ''])),
        },
      ],
    },
  };
}
