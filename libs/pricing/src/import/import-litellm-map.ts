import { z } from 'zod';
import { canonicalProvider } from '../provider-identity.ts';
import type { PriceClass, PriceTable, ServiceTier } from '../price-row.ts';
import { PriceImport, plainRow, type ImportedPrices, type ImportValidity } from './imported-prices.ts';

/** Keys of the map that stand for a class of ours; all are USD per one token or unit. */
const CLASSES = new Map<string, PriceClass>(
  Object.entries({
    input_cost_per_token: 'in_uncached',
    output_cost_per_token: 'out_text',
    cache_read_input_token_cost: 'cache_read',
    cache_creation_input_token_cost: 'cache_write_5m',
    cache_creation_input_token_cost_above_1hr: 'cache_write_1h',
    output_cost_per_reasoning_token: 'reasoning',
    input_cost_per_audio_token: 'audio_in',
    output_cost_per_audio_token: 'audio_out',
    cache_read_input_audio_token_cost: 'audio_cache_read',
    input_cost_per_image_token: 'image_in',
    output_cost_per_image_token: 'image_out',
    output_cost_per_image: 'image',
    input_cost_per_request: 'request',
    search_context_cost_per_query: 'search',
  } as const),
);
/** Keys whose meaning depends on the mode of the model: `mode:key`. */
const CLASSES_BY_MODE = new Map<string, PriceClass>([
  ['audio_transcription:input_cost_per_second', 'audio_second'],
  ['rerank:input_cost_per_query', 'search'],
]);
/** What Whisper-like models repeat, or what an older key of the same price is called. */
const REPEATED = new Set(['output_cost_per_second', 'input_cost_per_token_cache_hit']);

const TIERS = new Map<string, ServiceTier>([
  ['batches', 'batch'],
  ['flex', 'flex'],
  ['priority', 'priority'],
]);
const SHAPE = /^(.+?)(?:_above_(\d+)k_tokens)?(?:_(batches|flex|priority))?$/;

const entry = z.looseObject({
  litellm_provider: z.string().min(1).max(100),
  mode: z.string().nullish(),
});

interface Slot {
  readonly prices: PriceTable;
  readonly above: Map<number, PriceTable>;
}

/**
 * Reads a LiteLLM price map (`model_prices_and_context_window.json`): one row per model, and one more for each of
 * batch, flex and priority where it has prices for them. The map has no dates: they are given.
 * A model all of whose prices are 0 is refused, because the map writes 0 for what it does not know, too.
 *
 * @param data parsed JSON; entries of another shape are refused singly
 */
export function importLitellmMap(data: unknown, validity: ImportValidity): ImportedPrices {
  const prices = new PriceImport();
  const map = z.record(z.string(), z.unknown()).safeParse(data);
  if (!map.success) {
    prices.refuse('', '', null, 'not an object of models');
    return prices.finish();
  }
  for (const [model, value] of Object.entries(map.data)) {
    if (model === 'sample_spec') continue;
    const read = entry.safeParse(value);
    if (read.success && model !== '' && model.length <= 512) importEntry(prices, model, read.data, validity);
    else prices.refuse('', model.slice(0, 512), null, 'not a model with a litellm_provider');
  }
  return prices.finish();
}

function importEntry(
  prices: PriceImport,
  model: string,
  source: z.infer<typeof entry>,
  validity: ImportValidity,
): void {
  // `vertex_ai-anthropic_models` is a provider and a shelf of it.
  const family = source.litellm_provider.replace(/^(vertex_ai|fireworks_ai)-.*$/, '$1');
  const provider = canonicalProvider(family);
  if (provider === null)
    return prices.refuse(source.litellm_provider, model, null, 'not a provider that bills');
  const slots = readSlots(prices, provider, model, source);
  const bare = model.startsWith(`${family}/`) ? model.slice(family.length + 1) : model;
  const match = bare === model ? { equals: model } : { or: [{ equals: model }, { equals: bare }] };
  for (const [serviceTier, slot] of slots) {
    const contextTiers = [...slot.above]
      .sort(([a], [b]) => a - b)
      .map(([above, table]) => ({ aboveTokens: String(above), prices: table }));
    const row = { ...plainRow(provider, model, slot.prices), ...validity, match, serviceTier, contextTiers };
    prices.addUnlessAllZero({ ...row, rank: bare === model ? 0 : 1 });
  }
}

function readSlots(
  prices: PriceImport,
  provider: string,
  model: string,
  source: z.infer<typeof entry>,
): Map<ServiceTier | null, Slot> {
  const slots = new Map<ServiceTier | null, Slot>();
  for (const [key, value] of Object.entries(source)) {
    if (!key.includes('cost') || value === null || REPEATED.has(key)) continue;
    const [, base = key, thousands, tierName = ''] = SHAPE.exec(key) ?? [];
    const priceClass = CLASSES.get(base) ?? CLASSES_BY_MODE.get(`${source.mode ?? ''}:${base}`);
    if (priceClass === undefined) {
      prices.refuse(provider, model, key, 'no class of ours is priced by this');
      continue;
    }
    const price = prices.readPrice(provider, model, key, priceClass === 'search' ? oneOf(value) : value, 1n);
    const serviceTier = TIERS.get(tierName) ?? null;
    const slot = slots.get(serviceTier) ?? { prices: {}, above: new Map<number, PriceTable>() };
    slots.set(serviceTier, slot);
    tableOf(slot, thousands)[priceClass] = price;
  }
  return slots;
}

/** The table a key belongs into: the base one, or the one above so many thousand tokens. */
function tableOf(slot: Slot, thousands: string | undefined): PriceTable {
  if (thousands === undefined) return slot.prices;
  const threshold = Number(thousands) * 1000;
  const table = slot.above.get(threshold) ?? {};
  slot.above.set(threshold, table);
  return table;
}

/** The search fee may depend on the size of the context, which usage does not say: only one price for all is read. */
function oneOf(value: unknown): unknown {
  const sizes = z.record(z.string(), z.number()).safeParse(value);
  if (!sizes.success) return value;
  const distinct = [...new Set(Object.values(sizes.data))];
  return distinct.length === 1 ? distinct[0] : 'a price per context size';
}
