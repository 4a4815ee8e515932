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
import { rowsInForce, type FoundRow } from './found-row.ts';
import type { IndexedRow } from './indexed-row.ts';
import { resolveAliases } from './model-alias.ts';
import type { PriceIndex, PriceLookup } from './price-index.ts';
import { PRICE_CLASSES, type PriceClass } from './price-row.ts';
import { ANY_PROVIDER } from './price-shelf.ts';

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

/**
 * Prices the usage of one provider call, exactly: amount = sum of quantity x price over its classes, in
 * pico-units of the row's asset, never rounded. Pure; the same input and rows give the same charges.
 *
 * The row: see `findPriceGroups` and `buildPriceIndex` for the order; among those the first that is in force
 * at the start of the span (validFrom inclusive, validTo exclusive) and of the call's service tier. A class that
 * a tenant's row does not state is priced by the next book's row for the same model of the same provider. The
 * context tier is chosen once, by the whole prompt with its cached tokens, strictly above the threshold, and
 * holds for all classes of a row. A `request` price is charged once for every call that reports usage.
 *
 * @returns one charge for each row that priced a class of it, and where a class that was used has no price one that
 *   is unpriced: never 0, never a guess. Without any price a single unpriced one. At least one charge
 */
export function chargeUsage(input: ChargeInput, index: PriceIndex): Charge[] {
  const models = resolveAliases(
    input.provider,
    [input.modelResponse, input.modelRequest],
    input.startedAtNs,
    index,
  );
  const lookup = findPriceGroups(input.provider, models, index);
  const usage = input.usage ?? NOTHING_REPORTED;
  const unusable = refuseUsage(usage, input.usageState);
  if (unusable !== null) return [unpriced(unusable, lookup)];
  const found = rowsInForce(lookup, input);
  if (typeof found === 'string') return [unpriced(found, lookup)];
  return chargeByRows(usage, input.usageState, found, lookup);
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

/** What one row has priced of a call. */
interface RowPart {
  readonly found: FoundRow;
  readonly lines: ChargeLine[];
  readonly estimates: string[];
}

function chargeByRows(
  usage: Usage,
  usageState: UsageState,
  rows: readonly [FoundRow, ...FoundRow[]],
  lookup: PriceLookup,
): Charge[] {
  const tables = rows.map(({ row }) => pricesForPrompt(row, usage));
  const parts = rows.map((found): RowPart => ({ found, lines: [], estimates: [] }));
  let isPartUnpriced = false;
  for (const priceClass of PRICE_CLASSES) {
    const quantity = quantityOf(usage, priceClass) ?? (isFeeDue(priceClass, tables, usageState) ? 1n : 0n);
    if (quantity === 0n) continue;
    const price = priceOfClass(tables, priceClass);
    if (price === null) {
      isPartUnpriced = true;
      continue;
    }
    const { lines, estimates } = parts[price.table]!;
    if (price.assumption !== null) estimates.push(price.assumption);
    const { pricePico } = price;
    lines.push({ class: priceClass, quantity, pricePico, amountPico: quantity * pricePico });
  }
  const priced = parts.filter(({ lines }) => lines.length > 0);
  // A call that used nothing is priced all the same: at 0, by the row that would have.
  if (priced.length === 0 && !isPartUnpriced) priced.push(parts[0]!);
  const charges = priced.map((part) => toCharge(part, usageState, lookup));
  return isPartUnpriced ? [...charges, unpriced('no_price_for_class', lookup)] : charges;
}

function toCharge({ found, lines, estimates }: RowPart, usageState: UsageState, lookup: PriceLookup): Charge {
  const { row, group } = found;
  const amountPico = lines.reduce((sum, line) => sum + line.amountPico, 0n);
  if (amountPico > MAX_AMOUNT) return unpriced('amount_too_large', lookup);
  const partial = usageState === 'partial' ? ['usage is partial: what was not reported is not charged'] : [];
  return {
    state: 'priced',
    asset: row.asset,
    amountPico,
    provider: group.provider === ANY_PROVIDER ? (lookup.provider ?? 'unknown') : group.provider,
    callModel: group.callModel,
    priceId: row.priceId,
    priceBook: row.priceBook,
    lines,
    estimates: [...group.assumptions, ...estimates, ...partial],
  };
}

function pricesForPrompt(row: IndexedRow, usage: Usage): PicoPrices {
  if (row.contextTiers.length === 0) return row.prices;
  const prompt = PROMPT_CLASSES.reduce((sum, each) => sum + (usage.tokens[each] ?? 0n), 0n);
  return row.contextTiers.findLast((tier) => prompt > tier.aboveTokens)?.prices ?? row.prices;
}

/** A fee per request is due for a call that reports usage; an emitter that stands by zero reports none. */
function isFeeDue(priceClass: PriceClass, tables: readonly PicoPrices[], state: UsageState): boolean {
  return (
    priceClass === 'request' &&
    state !== 'zero_reported' &&
    tables.some((prices) => prices.request !== undefined)
  );
}
