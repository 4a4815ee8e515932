import { z } from 'zod';
import { modelMatchSchema, type ModelMatch } from '../model-match.ts';
import type { PriceTable } from '../price-row.ts';
import { overlapRanks } from './overlap-ranks.ts';
import {
  PriceImport,
  plainRow,
  type DraftRow,
  type ImportedPrices,
  type PriceField,
} from './imported-prices.ts';

const MILLION = 1_000_000n;
const THOUSAND = 1_000n;
const HOUR_S = 3_600n;

/** Price keys of genai-prices that stand for a class of ours. The others are listed as refused fields. */
const FIELDS = new Map<string, PriceField>(
  Object.entries({
    input_mtok: { priceClass: 'in_uncached', per: MILLION },
    output_mtok: { priceClass: 'out_text', per: MILLION },
    cache_read_mtok: { priceClass: 'cache_read', per: MILLION },
    cache_write_mtok: { priceClass: 'cache_write_5m', per: MILLION },
    cache_write_1h_mtok: { priceClass: 'cache_write_1h', per: MILLION },
    output_reasoning_mtok: { priceClass: 'reasoning', per: MILLION },
    input_audio_mtok: { priceClass: 'audio_in', per: MILLION },
    output_audio_mtok: { priceClass: 'audio_out', per: MILLION },
    cache_audio_read_mtok: { priceClass: 'audio_cache_read', per: MILLION },
    input_image_mtok: { priceClass: 'image_in', per: MILLION },
    output_image_mtok: { priceClass: 'image_out', per: MILLION },
    requests_kcount: { priceClass: 'request', per: THOUSAND },
    web_searches_kcount: { priceClass: 'search', per: THOUSAND },
    input_audio_hours: { priceClass: 'audio_second', per: HOUR_S },
  } as const),
);
/** A second name of a class above; the catalogue writes both for one price. */
const REPEATED = new Set(['audio_hours']);

const tiered = z.looseObject({
  base: z.unknown(),
  tiers: z.array(z.looseObject({ start: z.int().min(0), price: z.unknown() })),
});
const priceTable = z.record(z.string(), z.unknown());
const startDate = z.looseObject({ start_date: z.iso.date() });
const timeOfDate = z.looseObject({ start_time: z.string(), end_time: z.string() });
const conditional = z.looseObject({
  constraint: z.union([startDate, timeOfDate]).nullish(),
  prices: priceTable,
});
const catalogueModel = z.looseObject({
  id: z.string().min(1).max(512),
  match: modelMatchSchema,
  prices: z.union([z.array(conditional).min(1), priceTable]),
});
const catalogueProvider = z.looseObject({
  id: z.string().min(1).max(100),
  fallback_model_providers: z.array(z.string()).nullish(),
  models: z.array(z.unknown()).max(20_000),
});

type CatalogueModel = z.infer<typeof catalogueModel>;
type Condition = z.infer<typeof conditional>;

/**
 * Reads the catalogue of genai-prices: what `waitForUpdate()` of the package answers, or its `data.json`.
 * Its list of conditional prices, of which the last that holds counts, becomes dated rows: a start date opens a
 * row and closes the ones before it, a time of day becomes a daily window. A provider whose
 * `fallback_model_providers` name another one becomes a reseller on the other one's rows.
 *
 * @param data parsed JSON; anything that is not a provider or model of that shape is refused singly
 */
export function importGenaiPrices(data: unknown): ImportedPrices {
  const prices = new PriceImport();
  const providers = z.array(z.unknown()).max(1_000).safeParse(data);
  if (!providers.success) {
    prices.refuse('', '', null, 'not a list of providers');
    return prices.finish();
  }
  const read = providers.data.flatMap((each) => {
    const provider = catalogueProvider.safeParse(each);
    if (!provider.success)
      prices.refuse(nameOf(each), '', null, `not a provider: ${z.prettifyError(provider.error)}`);
    return provider.success ? [provider.data] : [];
  });
  const resellersOf = (id: string) =>
    read.filter((provider) => provider.fallback_model_providers?.includes(id)).map((provider) => provider.id);
  for (const provider of read) importProvider(prices, provider.id, provider.models, resellersOf(provider.id));
  return prices.finish();
}

function nameOf(value: unknown): string {
  const named = z.looseObject({ id: z.string() }).safeParse(value);
  return named.success ? named.data.id : '';
}

function importProvider(
  prices: PriceImport,
  provider: string,
  models: readonly unknown[],
  resellers: string[],
): void {
  const read: CatalogueModel[] = [];
  for (const each of models) {
    const model = catalogueModel.safeParse(each);
    if (model.success) read.push(model.data);
    else prices.refuse(provider, nameOf(each), null, `not a model: ${z.prettifyError(model.error)}`);
  }
  const ranks = overlapRanks(read.map((model) => model.match));
  read.forEach((model, index) => {
    const identity = { match: model.match, rank: ranks[index] ?? 0, resellers };
    importModel(prices, provider, model, identity);
  });
}

type Identity = Pick<DraftRow, 'rank' | 'resellers'> & { readonly match: ModelMatch };

function importModel(prices: PriceImport, provider: string, model: CatalogueModel, identity: Identity): void {
  const conditions: Condition[] = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  conditions.forEach((condition, index) => {
    const validity = validityOf(conditions, index);
    if (typeof validity === 'string') return prices.refuse(provider, model.id, null, validity);
    const tables = readTables(prices, provider, model.id, condition.prices);
    prices.add({ ...plainRow(provider, model.id, {}), ...identity, ...validity, ...tables });
  });
}

type Validity = Pick<DraftRow, 'validFrom' | 'validTo' | 'dailyWindow'>;

/**
 * The last condition that holds counts: a later one takes over from its start date on. A condition is a date or a
 * time of day, never both; a time of day that comes after a date means the time from that date on (the catalogue
 * says so in a comment on such models, and that it cannot say so in its data).
 */
function validityOf(conditions: readonly Condition[], index: number): Validity | string {
  const condition = conditions[index]!;
  const window = windowOf(condition);
  if (window === 'unreadable') return 'a time of day that is not in UTC';
  const earlier = conditions
    .slice(0, index)
    .map(startOf)
    .filter((start) => start !== null);
  const validFrom = startOf(condition) ?? (window === null ? null : (earlier.sort().at(-1) ?? null));
  const takesOver = conditions
    .slice(index + 1)
    .filter((each) => windowOf(each) === null)
    .map(startOf);
  if (takesOver.some((start) => start === null || (validFrom !== null && start <= validFrom)))
    return 'never in force: a later condition always holds';
  const validTo = takesOver.filter((start) => start !== null).sort()[0] ?? null;
  return { validFrom, validTo, dailyWindow: window };
}

function startOf(condition: Condition): string | null {
  const start = startDate.safeParse(condition.constraint);
  return start.success ? `${start.data.start_date}T00:00:00Z` : null;
}

function windowOf(condition: Condition): DraftRow['dailyWindow'] | 'unreadable' {
  const window = timeOfDate.safeParse(condition.constraint);
  if (!window.success) return null;
  const [from, to] = [window.data.start_time, window.data.end_time].map(
    (time) => /^((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)Z$/.exec(time)?.[1],
  );
  return from === undefined || to === undefined ? 'unreadable' : { from, to };
}

type Tables = Pick<DraftRow, 'prices' | 'contextTiers'>;

function readTables(
  prices: PriceImport,
  provider: string,
  model: string,
  source: Readonly<Record<string, unknown>>,
): Tables {
  const base: PriceTable = {};
  const above = new Map<number, PriceTable>();
  for (const [key, value] of Object.entries(source)) {
    const field = FIELDS.get(key);
    if (field === undefined) {
      if (!REPEATED.has(key)) prices.refuse(provider, model, key, 'no class of ours is priced by this');
      continue;
    }
    const split = tiered.safeParse(value);
    const price = prices.readPrice(provider, model, key, split.success ? split.data.base : value, field.per);
    base[field.priceClass] = price;
    for (const tier of split.success ? split.data.tiers : []) {
      const tierPrice = prices.readPrice(
        provider,
        model,
        `${key} above ${tier.start}`,
        tier.price,
        field.per,
      );
      const table = above.get(tier.start) ?? {};
      table[field.priceClass] = tierPrice;
      above.set(tier.start, table);
    }
  }
  // The catalogue writes a free model as one without prices; only a name that says so is believed.
  if (Object.keys(source).length === 0 && model.endsWith(':free'))
    Object.assign(base, { in_uncached: '0', out_text: '0' });
  const contextTiers = [...above.entries()]
    .sort(([a], [b]) => a - b)
    .map(([start, table]) => ({ aboveTokens: String(start), prices: table }));
  return { prices: base, contextTiers };
}
