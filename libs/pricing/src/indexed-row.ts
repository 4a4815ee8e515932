import type { Asset } from '#model';
import type { PicoPrices } from './class-price.ts';
import { compileMatch, type CompiledMatch } from './model-match.ts';
import { PRICE_CLASSES, type PriceRow, type PriceTable, type ServiceTier } from './price-row.ts';

/** A price row with its numbers read, ready to be matched and multiplied. */
export interface IndexedRow {
  readonly priceId: string;
  /** `book@version`. */
  readonly priceBook: string;
  readonly provider: string;
  readonly rank: number;
  readonly version: number;
  readonly validFromNs: bigint | null;
  readonly validToNs: bigint | null;
  readonly dailyWindowNs: { readonly from: bigint; readonly to: bigint } | null;
  readonly asset: Asset;
  readonly serviceTier: ServiceTier | null;
  readonly prices: PicoPrices;
  /** Ascending thresholds, each with the full table in force above it. */
  readonly contextTiers: readonly { readonly aboveTokens: bigint; readonly prices: PicoPrices }[];
  readonly match: CompiledMatch;
  readonly aliasOf: PriceRow['aliasOf'];
}

const DAY_NS = 86_400_000_000_000n;

export function indexRow(row: PriceRow): IndexedRow {
  const base = readTable(row.prices);
  const ascending = row.contextTiers
    .map((tier) => ({ aboveTokens: BigInt(tier.aboveTokens), prices: readTable(tier.prices) }))
    .sort((a, b) => (a.aboveTokens < b.aboveTokens ? -1 : 1));
  let below = base;
  const contextTiers = ascending.map((tier) => {
    below = { ...below, ...tier.prices };
    return { aboveTokens: tier.aboveTokens, prices: below };
  });
  return {
    priceId: row.priceId,
    priceBook: `${row.book}@${row.version}`,
    provider: row.provider,
    rank: row.rank,
    version: row.version,
    validFromNs: instantNs(row.validFrom),
    validToNs: instantNs(row.validTo),
    dailyWindowNs:
      row.dailyWindow === null
        ? null
        : { from: timeOfDayNs(row.dailyWindow.from), to: timeOfDayNs(row.dailyWindow.to) },
    asset: row.asset,
    serviceTier: row.serviceTier,
    prices: base,
    contextTiers,
    match: compileMatch(row.match),
    aliasOf: row.aliasOf,
  };
}

/** Whether a row holds at a time: from `validFrom` (inclusive) to `validTo` (exclusive), within its daily window. */
export function isInForce(row: IndexedRow, atNs: bigint): boolean {
  if (row.validFromNs !== null && atNs < row.validFromNs) return false;
  if (row.validToNs !== null && atNs >= row.validToNs) return false;
  if (row.dailyWindowNs === null) return true;
  const { from, to } = row.dailyWindowNs;
  const timeOfDay = ((atNs % DAY_NS) + DAY_NS) % DAY_NS;
  return to < from ? timeOfDay >= from || timeOfDay < to : timeOfDay >= from && timeOfDay < to;
}

/** @returns the prices of a table as numbers; null where a class has no usable price */
export function readTable(table: PriceTable): PicoPrices {
  const prices: { -readonly [each in keyof PicoPrices]: PicoPrices[each] } = {};
  for (const priceClass of PRICE_CLASSES) {
    const text = table[priceClass];
    if (text !== undefined) prices[priceClass] = text === null ? null : BigInt(text);
  }
  return prices;
}

function instantNs(text: string | null): bigint | null {
  return text === null ? null : BigInt(Date.parse(text)) * 1_000_000n;
}

function timeOfDayNs(text: string): bigint {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return BigInt(hours * 3600 + minutes * 60 + seconds) * 1_000_000_000n;
}
