import type { PriceClass } from './price-row.ts';

/** Prices of one row at one context tier, pico-units per token or unit; null where the source's price is not usable. */
export type PicoPrices = Readonly<Partial<Record<PriceClass, bigint | null>>>;

/** The price of a class, with the assumption it rests on where the row does not name the class itself. */
export interface ClassPrice {
  readonly pricePico: bigint;
  /** Which of the tables states it. */
  readonly table: number;
  readonly assumption: string | null;
}

/**
 * Where a row names no price for a class, the price of the next class in its chain is used: the class is part
 * of it (semantics of genai-prices, "usage is priced at its most specific priced ancestor"). A class that is
 * not listed has no fallback.
 */
const FALLBACKS: Readonly<Partial<Record<PriceClass, readonly PriceClass[]>>> = {
  cache_read: ['in_uncached'],
  cache_write_5m: ['in_uncached'],
  cache_write_1h: ['cache_write_5m', 'in_uncached'],
  cache_write_unk: ['cache_write_5m', 'in_uncached'],
  reasoning: ['out_text'],
  audio_in: ['in_uncached'],
  image_in: ['in_uncached'],
  audio_out: ['out_text'],
  image_out: ['out_text'],
  audio_cache_read: ['cache_read', 'audio_in', 'in_uncached'],
};

/** Fallbacks that may be wrong by more than nothing: providers that list such a class price it differently. */
const ASSUMED: ReadonlySet<string> = new Set([
  'cache_write_1h>cache_write_5m',
  'audio_in>in_uncached',
  'image_in>in_uncached',
  'audio_out>out_text',
  'image_out>out_text',
  'audio_cache_read>cache_read',
  'audio_cache_read>audio_in',
  'audio_cache_read>in_uncached',
]);

/**
 * Finds the price of a class in tables of which the first that states a class counts: its own price in any of them,
 * else that of the next class in its chain.
 *
 * @returns with the table's place in the list; null where no table states one, or the one that counts is not usable
 */
export function priceOfClass(tables: readonly PicoPrices[], priceClass: PriceClass): ClassPrice | null {
  for (const each of [priceClass, ...(FALLBACKS[priceClass] ?? [])]) {
    const table = tables.findIndex((prices) => prices[each] !== undefined);
    if (table < 0) continue;
    const pricePico = tables[table]![each]!;
    if (pricePico === null) return null;
    return {
      pricePico,
      table,
      assumption: each === priceClass ? null : assumptionOf(tables, priceClass, each),
    };
  }
  return null;
}

function assumptionOf(
  tables: readonly PicoPrices[],
  priceClass: PriceClass,
  fallback: PriceClass,
): string | null {
  if (priceClass === 'cache_write_unk') {
    const stated = (each: PriceClass) => tables.find((prices) => prices[each] !== undefined)?.[each];
    const hour = stated('cache_write_1h');
    return hour === undefined || hour === stated(fallback)
      ? null
      : `cache_write_unk: time to live not reported, priced as ${fallback}`;
  }
  return ASSUMED.has(`${priceClass}>${fallback}`)
    ? `${priceClass}: not in the price row, priced as ${fallback}`
    : null;
}
