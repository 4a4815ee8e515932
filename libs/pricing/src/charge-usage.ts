import {
  MAX_AMOUNT,
  type Charge,
  type ChargeLine,
  type TokenBucket,
  type UnpricedReason,
  type Usage,
  type UsageState,
} from '#model';
import { priceOfClass, type PicoPrices } from './class-price.ts';
import { findPriceGroups } from './find-price.ts';
import {
  ANY_PROVIDER,
  type IndexedRow,
  type PriceGroup,
  type PriceIndex,
  type PriceLookup,
} from './price-index.ts';
import { PRICE_CLASSES, type PriceClass } from './price-row.ts';
import { readServiceTier } from './service-tier.ts';

/** What a charge is made of: the fields of a leaf step, as they stand on its record. */
export interface ChargeInput {
  readonly provider: string | null;
  readonly modelResponse: string | null;
  readonly modelRequest: string | null;
  readonly usage: Usage | null;
  readonly usageState: UsageState;
  /** Start of the span, nanoseconds since the epoch: the row in force then prices the call. */
  readonly startedAtNs: bigint;
  readonly serviceTier: string | null;
}

/** The classes whose tokens are the prompt: their sum chooses the context tier. */
const PROMPT_CLASSES: readonly TokenBucket[] = [
  'in_uncached',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_unk',
  'audio_in',
  'image_in',
  'audio_cache_read',
];
const NOTHING_REPORTED: Usage = { tokens: {}, units: {} };
const DAY_NS = 86_400_000_000_000n;

/**
 * Prices the usage of one provider call, exactly: amount = sum of quantity x price over its classes, in
 * pico-units of the row's asset, never rounded. Pure; the same input and rows give the same charge.
 *
 * The row: see `findPriceGroups` and `buildPriceIndex` for the order; among those the first that is in force
 * at the start of the span (validFrom inclusive, validTo exclusive) and of the call's service tier. The
 * context tier is chosen once, by the whole prompt with its cached tokens, strictly above the threshold, and
 * holds for all classes. A row's `request` price is charged once for every call that reports usage.
 *
 * @returns unpriced with the reason where anything that was used has no price: never 0, never a guess
 */
export function chargeUsage(input: ChargeInput, index: PriceIndex): Charge {
  const lookup = findPriceGroups(input.provider, input.modelResponse, input.modelRequest, index);
  const usage = input.usage ?? NOTHING_REPORTED;
  const unusable = refuseUsage(usage, input.usageState);
  if (unusable !== null) return unpriced(unusable, lookup);
  const found = rowInForce(lookup, input);
  if (typeof found === 'string') return unpriced(found, lookup);
  return chargeByRow(usage, input.usageState, found, lookup);
}

function unpriced(reason: UnpricedReason, lookup: PriceLookup): Charge {
  return { state: 'unpriced', reason, provider: lookup.provider, callModel: lookup.callModel };
}

function refuseUsage(usage: Usage, usageState: UsageState): UnpricedReason | null {
  if (usageState === 'rejected') return 'usage_rejected';
  if (usageState === 'missing') return 'usage_missing';
  const quantities = PRICE_CLASSES.map((each) => quantityOf(usage, each)).filter(
    (each) => each !== undefined,
  );
  if (quantities.some((quantity) => quantity < 0n)) return 'usage_rejected';
  return quantities.length === 0 && usageState !== 'zero_reported' ? 'usage_missing' : null;
}

function quantityOf(usage: Usage, priceClass: PriceClass): bigint | undefined {
  return (
    (usage.tokens as Partial<Record<PriceClass, bigint>>)[priceClass] ??
    (usage.units as Partial<Record<PriceClass, bigint>>)[priceClass]
  );
}

interface FoundRow {
  readonly row: IndexedRow;
  readonly group: PriceGroup;
}

function rowInForce(lookup: PriceLookup, input: ChargeInput): FoundRow | UnpricedReason {
  if (lookup.callModel === null) return 'no_model';
  if (lookup.groups.length === 0) return 'unknown_model';
  const stated = readServiceTier(input.serviceTier);
  let isAnyInForce = false;
  for (const group of lookup.groups) {
    const tier = stated ?? group.serviceTier;
    for (const { row, isExact } of group.matches) {
      if (!isInForce(row, input.startedAtNs)) continue;
      const isNamed = isExact && group.isTierInName && tier === group.serviceTier;
      if (row.serviceTier === (isNamed ? null : tier)) return { row, group };
      isAnyInForce = true;
    }
  }
  return isAnyInForce ? 'no_price_for_service_tier' : 'no_price_in_force';
}

function isInForce(row: IndexedRow, atNs: bigint): boolean {
  if (row.validFromNs !== null && atNs < row.validFromNs) return false;
  if (row.validToNs !== null && atNs >= row.validToNs) return false;
  if (row.dailyWindowNs === null) return true;
  const { from, to } = row.dailyWindowNs;
  const timeOfDay = ((atNs % DAY_NS) + DAY_NS) % DAY_NS;
  return to < from ? timeOfDay >= from || timeOfDay < to : timeOfDay >= from && timeOfDay < to;
}

function chargeByRow(
  usage: Usage,
  usageState: UsageState,
  { row, group }: FoundRow,
  lookup: PriceLookup,
): Charge {
  const estimates = [...group.assumptions];
  const prices = pricesForPrompt(row, usage);
  const lines: ChargeLine[] = [];
  let amountPico = 0n;
  for (const priceClass of PRICE_CLASSES) {
    const quantity = quantityOf(usage, priceClass) ?? (isFeeDue(priceClass, prices, usageState) ? 1n : 0n);
    if (quantity === 0n) continue;
    const price = priceOfClass(prices, priceClass);
    if (price === null) return unpriced('no_price_for_class', lookup);
    if (price.assumption !== null) estimates.push(price.assumption);
    const linePico = quantity * price.pricePico;
    lines.push({ class: priceClass, quantity, pricePico: price.pricePico, amountPico: linePico });
    amountPico += linePico;
  }
  if (amountPico > MAX_AMOUNT) return unpriced('amount_too_large', lookup);
  if (usageState === 'partial') estimates.push('usage is partial: what was not reported is not charged');
  return {
    state: 'priced',
    asset: row.asset,
    amountPico,
    provider: group.provider === ANY_PROVIDER ? (lookup.provider ?? 'unknown') : group.provider,
    callModel: group.callModel,
    priceId: row.priceId,
    priceBook: row.priceBook,
    lines,
    estimates,
  };
}

function pricesForPrompt(row: IndexedRow, usage: Usage): PicoPrices {
  if (row.contextTiers.length === 0) return row.prices;
  const prompt = PROMPT_CLASSES.reduce((sum, each) => sum + (usage.tokens[each] ?? 0n), 0n);
  return row.contextTiers.findLast((tier) => prompt > tier.aboveTokens)?.prices ?? row.prices;
}

/** A fee per request is due for a call that reports usage; an emitter that stands by zero reports none. */
function isFeeDue(priceClass: PriceClass, prices: PicoPrices, state: UsageState): boolean {
  return priceClass === 'request' && prices.request !== undefined && state !== 'zero_reported';
}
