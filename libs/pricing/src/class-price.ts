import type { PriceClass } from './price-row.ts';

/** Prices of one row at one context tier, pico-units per token or unit; null where the source's price is not usable. */
export type PicoPrices = Readonly<Partial<Record<PriceClass, bigint | null>>>;

/** The price of a class, with the assumption it rests on where the row does not name the class itself. */
export interface ClassPrice {
  readonly pricePico: bigint;
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

/** @returns the price of a class by the row's own price or its declared fallback; null when there is neither */
export function priceOfClass(prices: PicoPrices, priceClass: PriceClass): ClassPrice | null {
  const used = [priceClass, ...(FALLBACKS[priceClass] ?? [])].find((each) => prices[each] !== undefined);
  const pricePico = used === undefined ? null : prices[used];
  if (used === undefined || pricePico === null || pricePico === undefined) return null;
  return { pricePico, assumption: used === priceClass ? null : assumptionOf(prices, priceClass, used) };
}

function assumptionOf(prices: PicoPrices, priceClass: PriceClass, fallback: PriceClass): string | null {
  if (priceClass === 'cache_write_unk') {
    const hour = prices.cache_write_1h;
    return hour === undefined || hour === prices[fallback]
      ? null
      : `cache_write_unk: time to live not reported, priced as ${fallback}`;
  }
  return ASSUMED.has(`${priceClass}>${fallback}`)
    ? `${priceClass}: not in the price row, priced as ${fallback}`
    : null;
}
