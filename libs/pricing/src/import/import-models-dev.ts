import { z } from 'zod';
import { canonicalProvider } from '../provider-identity.ts';
import type { PriceClass, PriceTable } from '../price-row.ts';
import { PriceImport, plainRow, type ImportedPrices, type ImportValidity } from './imported-prices.ts';

const MILLION = 1_000_000n;
const CLASSES = new Map<string, PriceClass>([
  ['input', 'in_uncached'],
  ['output', 'out_text'],
  ['cache_read', 'cache_read'],
  ['cache_write', 'cache_write_5m'],
  ['reasoning', 'reasoning'],
  ['input_audio', 'audio_in'],
  ['output_audio', 'audio_out'],
]);

const cost = z.record(z.string(), z.unknown());
const model = z.looseObject({ id: z.string().min(1).max(512), cost: cost.nullish() });
const listed = model.extend({ provider: z.string().min(1).max(100) });
const provider = z.looseObject({ id: z.string().min(1).max(100), models: z.record(z.string(), z.unknown()) });
const contextTier = z.looseObject({ tier: z.looseObject({ size: z.int().min(0) }) });

/**
 * Reads the price data of models.dev: its `api.json` (providers by id, each with models by id) or a flat list of
 * models with a `provider`. Prices are USD per million tokens. It has no dates of prices: they are given.
 * A model all of whose prices are 0 is refused unless its name ends in `:free`.
 */
export function importModelsDev(data: unknown, validity: ImportValidity): ImportedPrices {
  const prices = new PriceImport();
  for (const { providerId, value } of entriesOf(data, prices)) {
    const read = model.safeParse(value);
    const billed = canonicalProvider(providerId);
    if (!read.success) prices.refuse(providerId, '', null, 'not a model');
    else if (billed === null) prices.refuse(providerId, read.data.id, null, 'not a provider that bills');
    else importModel(prices, billed, read.data.id, read.data.cost ?? {}, validity);
  }
  return prices.finish();
}

function entriesOf(data: unknown, prices: PriceImport): { providerId: string; value: unknown }[] {
  if (Array.isArray(data))
    return data.flatMap((value: unknown) => {
      const read = listed.safeParse(value);
      if (!read.success) prices.refuse('', '', null, 'not a model with a provider');
      return read.success ? [{ providerId: read.data.provider, value }] : [];
    });
  const providers = z.record(z.string(), z.unknown()).safeParse(data);
  return Object.entries(providers.data ?? {}).flatMap(([id, value]) => {
    const read = provider.safeParse(value);
    if (!read.success) prices.refuse(id, '', null, 'not a provider');
    return Object.values(read.data?.models ?? {}).map((each) => ({
      providerId: read.data?.id ?? id,
      value: each,
    }));
  });
}

function importModel(
  prices: PriceImport,
  billed: string,
  id: string,
  source: Readonly<Record<string, unknown>>,
  validity: ImportValidity,
): void {
  const tiers = z.array(contextTier).catch([]).parse(source.tiers);
  const over200k = cost.safeParse(source.context_over_200k);
  if (over200k.success) tiers.push({ ...over200k.data, tier: { size: 200_000 } });
  const { tiers: _tiers, context_over_200k: _over, ...base } = source;
  const row = plainRow(billed, id, readTable(prices, billed, id, base, ''));
  const contextTiers = tiers
    .sort((a, b) => a.tier.size - b.tier.size)
    .map(({ tier, ...table }) => ({
      aboveTokens: String(tier.size),
      prices: readTable(prices, billed, id, table, ` above ${tier.size}`),
    }));
  prices.addUnlessAllZero({ ...row, ...validity, contextTiers });
}

function readTable(
  prices: PriceImport,
  billed: string,
  id: string,
  source: Readonly<Record<string, unknown>>,
  place: string,
): PriceTable {
  const table: PriceTable = {};
  for (const [key, value] of Object.entries(source)) {
    const priceClass = CLASSES.get(key);
    if (priceClass === undefined)
      prices.refuse(billed, id, `${key}${place}`, 'no class of ours is priced by this');
    else table[priceClass] = prices.readPrice(billed, id, `${key}${place}`, value, MILLION);
  }
  return table;
}
