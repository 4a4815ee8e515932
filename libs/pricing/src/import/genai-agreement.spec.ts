import { beforeAll, expect, test } from '@jest/globals';
import type { Charge, TokenBucket } from '#model';
import { calcPrice, waitForUpdate, type ModelInfo, type Provider } from '@pydantic/genai-prices';
import * as fc from 'fast-check';
import { issueRows } from '../book-version.ts';
import { chargeUsage } from '../charge-usage.ts';
import { buildPriceIndex, type PriceIndex } from '../price-index.ts';
import { importGenaiPrices } from './import-genai-prices.ts';
import type { ImportedPrices } from './imported-prices.ts';

type Tokens = Partial<Record<TokenBucket, bigint>>;
interface Named {
  readonly provider: string;
  readonly name: string;
}

const INPUTS = [
  'in_uncached',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'audio_in',
  'audio_cache_read',
] as const;
const OUTPUTS = ['out_text', 'reasoning', 'audio_out'] as const;

let index: PriceIndex;
let imported: ImportedPrices;
let models: Map<string, ModelInfo[]>;
let named: Named[];

/** Every name that the catalogue's matches spell out. */
function literals(match: object): string[] {
  return Object.values(match).flatMap((value: string | object[]) =>
    typeof value === 'string' ? [value] : value.flatMap(literals),
  );
}

beforeAll(async () => {
  const catalogue = await waitForUpdate();
  if (catalogue === null) throw new Error('the package has no catalogue');
  imported = importGenaiPrices(catalogue);
  models = new Map(catalogue.map((provider: Provider) => [provider.id, provider.models]));
  index = buildPriceIndex(issueRows(imported.rows, { tenantId: '0', book: 'shipped' }, 1));
  named = catalogue.flatMap((provider: Provider) =>
    provider.models.flatMap((model) =>
      literals(model.match).map((name) => ({ provider: provider.id, name })),
    ),
  );
});

function ours({ provider, name }: Named, tokens: Tokens, atMs: number): Charge {
  const usage = { tokens, units: {} };
  const names = { provider, modelResponse: name, modelRequest: null };
  const startedAtNs = BigInt(atMs) * 1_000_000n;
  const call = { ...names, usage, usageState: 'reported' as const, startedAtNs, serviceTier: null };
  // What has no price, where something has none, stands last.
  return chargeUsage(call, index).at(-1)!;
}

/** USD by the package, whose counts are totals with parts; null where it knows no model. */
function theirs({ provider, name }: Named, tokens: Tokens, atMs: number): number | null {
  const count = (...buckets: TokenBucket[]) =>
    Number(buckets.reduce((sum, bucket) => sum + (tokens[bucket] ?? 0n), 0n));
  const result = calcPrice(
    {
      input_tokens: count(...INPUTS),
      cache_read_tokens: count('cache_read', 'audio_cache_read'),
      cache_write_tokens: count('cache_write_5m', 'cache_write_1h'),
      cache_write_1h_tokens: count('cache_write_1h'),
      input_audio_tokens: count('audio_in', 'audio_cache_read'),
      cache_audio_read_tokens: count('audio_cache_read'),
      cache_audio_write_tokens: 0,
      output_tokens: count(...OUTPUTS),
      output_reasoning_tokens: count('reasoning'),
      output_audio_tokens: count('audio_out'),
      output_audio_reasoning_tokens: 0,
    },
    name,
    { providerId: provider, timestamp: new Date(atMs) },
  );
  return result?.total_price ?? null;
}

const SAMPLES = 40;
const usages = fc.sample(
  fc.record(Object.fromEntries([...INPUTS, ...OUTPUTS].map((bucket) => [bucket, fc.bigInt(0n, 150_000n)])), {
    requiredKeys: ['in_uncached'],
  }),
  SAMPLES,
);
const times = fc.sample(
  fc.integer({ min: Date.parse('2025-01-01T00:00:00Z'), max: Date.parse('2027-06-01T00:00:00Z') }),
  SAMPLES,
);

/** The package cannot say that these peak hours began with the price change of this day; our rows can. */
const isBeforePeakHours = ({ name }: Named, atMs: number) =>
  name.startsWith('deepseek-v4-') && atMs < Date.parse('2026-08-17T00:00:00Z');

test('every model of the catalogue costs what the package says, for any usage at any time', () => {
  const differ = new Set<string>();
  const unpriced = new Map<string, Set<string>>();
  let priced = 0;
  for (const [at, each] of named.entries())
    for (let sample = at % 10; sample < SAMPLES; sample += 10) {
      const expected = theirs(each, usages[sample]!, times[sample]!);
      const charge = ours(each, usages[sample]!, times[sample]!);
      const label = `${each.provider} ${each.name}`;
      if (charge.state === 'unpriced')
        unpriced.set(charge.reason, (unpriced.get(charge.reason) ?? new Set()).add(label));
      else if (expected !== null && Math.abs(Number(charge.amountPico) / 1e12 - expected) <= expected * 1e-9)
        priced += 1;
      else if (!isBeforePeakHours(each, times[sample]!))
        differ.add(`${label}: ${charge.amountPico}, not ${expected}`);
    }
  expect([...differ]).toEqual([]);
  expect(priced).toBeGreaterThan(8_000);
  expect([...unpriced.keys()].sort()).toEqual(['no_price_for_class', 'unknown_model']);
  expect(unexplained(unpriced)).toEqual([]);
});

/**
 * What the package prices and we do not: usage of a class without a price (it leaves that part out: output of
 * embedding models, refused cache write prices), models without any price (it says 0), models priced only by
 * page, message or an hour price that is no whole number of pico-units; and patterns tried as if they were names.
 */
function unexplained(unpriced: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const refused = new Set(
    imported.refused
      .filter(({ field }) => field === null || !field.startsWith('storage'))
      .map(({ provider, model }) => `${provider} ${model}`),
  );
  const isExplained = ({ provider, name }: Named) => {
    const model = models.get(provider)?.find((each) => literals(each.match).includes(name));
    const price = model === undefined || Array.isArray(model.prices) ? {} : model.prices;
    return name.startsWith('^') || refused.has(`${provider} ${model?.id}`) || !('output_mtok' in price);
  };
  return named
    .filter((each) => [...unpriced.values()].some((labels) => labels.has(`${each.provider} ${each.name}`)))
    .filter((each) => !isExplained(each))
    .map((each) => `${each.provider} ${each.name}`);
}
