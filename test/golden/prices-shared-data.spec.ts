import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { Charge, TokenBucket } from '#model';
import {
  buildPriceIndex,
  chargeUsage,
  importGenaiPrices,
  diffBooks,
  importLitellmMap,
  importModelsDev,
  issueRows,
  priceRowSchema,
  readPicoPrice,
  type ImportedPrices,
  type PriceIndex,
} from '#pricing';
import { waitForUpdate } from '@pydantic/genai-prices';
import { usageFromProviderBody } from '../../libs/conventions/src/provider-body.ts';
import { flavorOf } from '../../libs/conventions/src/testing/extractor-flavor.ts';

const DATA = new URL('../../../shared/data/', import.meta.url);
const isPresent = existsSync(new URL('README.md', DATA));
if (!isPresent)
  console.warn('SKIPPED: ../shared/data is absent, so recorded usage and costs are not compared');
const given = isPresent ? describe : describe.skip;

const unzip = (file: string): string => gunzipSync(readFileSync(new URL(file, DATA))).toString();
const indexOf = (catalogue: unknown): PriceIndex =>
  buildPriceIndex(issueRows(importGenaiPrices(catalogue).rows, { tenantId: '0', book: 'genai-prices' }, 1));

type Tokens = Partial<Record<TokenBucket, bigint>>;
function chargesAt(
  index: PriceIndex,
  provider: string,
  model: string,
  used: Pick<Parameters<typeof chargeUsage>[0], 'usage' | 'usageState'>,
  at: string,
): Charge[] {
  const startedAtNs = BigInt(Date.parse(at)) * 1_000_000n;
  const names = { provider, modelResponse: model, modelRequest: null };
  return chargeUsage({ ...names, ...used, startedAtNs, serviceTier: null }, index);
}
const INPUTS = new Set<string>([
  'in_uncached',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_unk',
  'audio_in',
  'image_in',
  'audio_cache_read',
]);
const OUTPUTS = new Set<string>(['out_text', 'reasoning', 'audio_out', 'image_out']);

interface UsageBody {
  readonly body: { readonly model?: string };
  readonly model?: string;
  readonly extracted: readonly {
    readonly usage: Readonly<Record<string, number>>;
    readonly extractors: readonly {
      readonly provider_id: string;
      readonly api_flavor: string;
      readonly input_price?: string;
      readonly output_price?: string;
    }[];
  }[];
}

/** The package counts totals with parts, we count disjoint buckets. */
function bucketsOf(usage: Readonly<Record<string, number>>): Tokens {
  const count = (key: string) => BigInt(usage[key] ?? 0);
  const audioRead = count('cache_audio_read_tokens');
  const tokens: Tokens = {
    cache_read: count('cache_read_tokens') - audioRead,
    cache_write_5m: count('cache_write_5m_tokens'),
    cache_write_1h: count('cache_write_1h_tokens'),
    cache_write_unk:
      count('cache_write_tokens') - count('cache_write_5m_tokens') - count('cache_write_1h_tokens'),
    audio_in: count('input_audio_tokens') - audioRead,
    audio_cache_read: audioRead,
    image_in: count('input_image_tokens') - count('cache_image_read_tokens'),
    reasoning: count('output_reasoning_tokens'),
    image_out: count('output_image_tokens'),
  };
  const input = Object.entries(tokens).reduce(
    (sum, [key, value]) => (INPUTS.has(key) ? sum + value : sum),
    0n,
  );
  const rest = { in_uncached: count('input_tokens') - input };
  return { ...tokens, ...rest, out_text: count('output_tokens') - tokens.reasoning! - tokens.image_out! };
}

given('recorded usage bodies cost what their catalogue says', () => {
  // Before the price change of 2026-07-30: the day the expected prices of the file agree with.
  const AT = '2026-07-15T12:00:00Z';

  test('1,837 of 1,838 expected prices are equal to the pico; the other model has no price', () => {
    const index = indexOf(JSON.parse(unzip('prices/genai-prices_new_data_v2_data.json.gz')));
    const bodies: UsageBody[] = JSON.parse(unzip('usage/usage-bodies.json.gz'));
    const differ: string[] = [];
    let equal = 0;
    for (const { body, model, extracted } of bodies)
      for (const { usage, extractors } of extracted)
        for (const {
          provider_id: provider,
          input_price: inputPrice,
          output_price: outputPrice,
        } of extractors) {
          const name = body.model ?? model;
          if (inputPrice === undefined || outputPrice === undefined || name === undefined) continue;
          const used = { usage: { tokens: bucketsOf(usage), units: {} }, usageState: 'reported' as const };
          const charges = chargesAt(index, provider, name, used, AT);
          const expected = `${picoOf(inputPrice)} in, ${picoOf(outputPrice)} out`;
          if (sidesOf(charges) === expected) equal += 1;
          else differ.push(`${provider} ${name}: ${sidesOf(charges)} for ${expected}`);
        }
    // The catalogue lists this model without any price and counts that as 0; no price is not a price of zero.
    expect(differ).toEqual(['cerebras qwen-3-coder-480b: unknown_model for 0 in, 0 out']);
    expect(equal).toBe(1_837);
  });

  test('1,836 of them read by ourselves are too, from the body to the charge', () => {
    const index = indexOf(JSON.parse(unzip('prices/genai-prices_new_data_v2_data.json.gz')));
    const bodies: UsageBody[] = JSON.parse(unzip('usage/usage-bodies.json.gz'));
    const differ: string[] = [];
    let equal = 0;
    for (const { body, model, extracted } of bodies)
      for (const { extractors } of extracted)
        for (const { provider_id: provider, api_flavor: api, ...expected } of extractors) {
          const name = body.model ?? model;
          const { input_price: input, output_price: output } = expected;
          if (input === undefined || output === undefined || name === undefined) continue;
          const { usage, state } = usageFromProviderBody(flavorOf(provider, api), body)!;
          const charges = chargesAt(index, provider, name, { usage, usageState: state }, AT);
          const wanted = `${picoOf(input)} in, ${picoOf(output)} out`;
          if (sidesOf(charges) === wanted) equal += 1;
          else differ.push(`${provider}/${api} ${name}: ${sidesOf(charges)} for ${wanted}`);
        }
    expect(differ.sort()).toEqual([
      // The body says that 4,418 of its input tokens were written to the cache, at $6.25 a million instead of $5. This
      // extractor of the catalogue does not read that (it stands in its list of unread counts), so it is 4,418 x $1.25 short.
      'azure/responses gpt-5.6-sol: 48402500000 in, 1560000000 out for 42880000000 in, 1560000000 out',
      'cerebras/chat qwen-3-coder-480b: unknown_model for 0 in, 0 out',
    ]);
    expect(48_402_500_000n - 42_880_000_000n).toBe(4_418n * 1_250_000n);
    expect(equal).toBe(1_836);
  });
});

function picoOf(price: string): bigint {
  const read = readPicoPrice(price, 1n);
  if ('reason' in read) throw new Error(read.reason);
  return read.pico;
}

/** What the tokens in and out cost; fees per request or search are neither. */
function sidesOf(charges: readonly Charge[]): string {
  const [first] = charges;
  if (first?.state !== 'priced') return first?.reason ?? 'nothing';
  const sum = (isMine: (priceClass: string) => boolean) =>
    first.lines.reduce((total, line) => (isMine(line.class) ? total + line.amountPico : total), 0n);
  return `${sum((each) => INPUTS.has(each))} in, ${sum((each) => OUTPUTS.has(each))} out`;
}

interface Run {
  readonly domain: string;
  readonly agent_llm: string;
  readonly variant: string;
  readonly start_time: string;
  readonly agent_cost: number | null;
  readonly messages: readonly {
    readonly role: string;
    readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens?: number };
    readonly derived?: {
      readonly cache_read_tokens?: number;
      readonly reasoning_tokens_beyond_completion?: number;
    };
    readonly raw?: { readonly model?: string };
  }[];
}

const PROVIDERS: Readonly<Record<string, string>> = {
  xai: 'x_ai',
  azure: 'azure.ai.openai',
  ollama_chat: 'ollama',
};

/** The charges of the agent's own model calls; the simulated customer's are not among them. */
function chargesOf(run: Run, index: PriceIndex): Charge[] {
  const [prefix = '', bare] = run.agent_llm.split('/');
  const provider = bare === undefined ? 'openai' : (PROVIDERS[prefix] ?? prefix);
  const startedAtNs = BigInt(Date.parse(`${run.start_time}Z`)) * 1_000_000n;
  return run.messages.flatMap(({ role, usage, derived, raw }) => {
    if (role !== 'assistant' || usage === undefined) return [];
    const cached = derived?.cache_read_tokens ?? 0;
    const output = (usage.completion_tokens ?? 0) + (derived?.reasoning_tokens_beyond_completion ?? 0);
    const tokens = {
      in_uncached: BigInt(usage.prompt_tokens - cached),
      cache_read: BigInt(cached),
      out_text: BigInt(output),
    };
    const names = { provider, modelResponse: raw?.model ?? null, modelRequest: bare ?? prefix };
    const used = { usage: { tokens, units: {} }, usageState: 'reported' as const };
    return chargeUsage({ ...names, ...used, startedAtNs, serviceTier: null }, index);
  });
}

/** `equal` to what was recorded, what it is else, or why nothing is known. */
function verdictOn(run: Run, charges: readonly Charge[]): string {
  if (charges.length === 0) return 'no usage';
  const reasons = new Set(
    charges.flatMap((each) => (each.state === 'unpriced' ? [each.reason] : each.estimates)),
  );
  if (reasons.size > 0) return [...reasons].join();
  const total = charges.reduce((sum, each) => (each.state === 'priced' ? sum + each.amountPico : sum), 0n);
  const isEqual = run.agent_cost !== null && Math.abs(Number(total) / 1e12 - run.agent_cost) < 1e-9;
  return isEqual ? 'equal' : `${total} for ${run.agent_cost}`;
}

given('price lists of others', () => {
  const validity = { validFrom: null, validTo: null };
  const place = { tenantId: '7', book: 'list' };
  const rowsOf = (read: ImportedPrices) => issueRows(read.rows, place, 1);

  test('every row that is taken over is valid, with an id of its own', () => {
    const lists = [
      importLitellmMap(JSON.parse(unzip('prices/litellm_2025-07-05.json.gz')), validity),
      importLitellmMap(JSON.parse(unzip('prices/litellm_2026-08-01.json.gz')), validity),
      importModelsDev(JSON.parse(unzip('prices/models.dev_providers.json.gz')), validity),
    ];
    expect(lists.map((list) => list.rows.length)).toEqual([1_003, 2_806, 4_232]);
    for (const list of lists) {
      const rows = rowsOf(list);
      expect(rows.filter((row) => !priceRowSchema.safeParse(row).success)).toEqual([]);
      expect(new Set(rows.map((row) => row.priceId)).size).toBe(rows.length);
    }
  });

  test('the difference of two maps names the models that changed price', () => {
    const before = rowsOf(importLitellmMap(JSON.parse(unzip('prices/litellm_2025-07-05.json.gz')), validity));
    const after = rowsOf(importLitellmMap(JSON.parse(unzip('prices/litellm_2026-08-01.json.gz')), validity));
    const counts: Record<string, number> = {};
    for (const { kind, effect } of diffBooks(before, after))
      counts[`${kind} ${effect}`] = (counts[`${kind} ${effect}`] ?? 0) + 1;
    expect(counts).toEqual({
      'added now_priced': 2_006,
      'removed now_unpriced': 203,
      'changed cheaper': 31,
      'changed dearer': 23,
      'changed mixed': 40,
      'changed now_unpriced': 2,
      'changed same': 4,
    });
  });
});

given('recorded runs of agents cost what was recorded for them', () => {
  const runs = (): Run[] =>
    unzip('tau2/runs.ndjson.gz')
      .trim()
      .split('\n')
      .map((line): Run => JSON.parse(line));
  const PRICED = {
    'gpt-4.1 equal': 140,
    'grok-3 equal': 358,
    'grok-3-mini equal': 61,
    'grok-4 equal': 97,
    'grok-4-fast-reasoning equal': 70,
    'qwen2.5 unknown_model': 50,
    'gpt-4.1-mini-2025-04-14 no usage': 164,
  };

  test('by the shipped book: all 726 runs with a recorded cost; what has no price has no cost', async () => {
    const index = indexOf(await waitForUpdate());
    const unpricedCalls = new Map<string, number>();
    for (const run of runs()) {
      const unpriced = chargesOf(run, index).filter((each) => each.state === 'unpriced').length;
      const group = `${run.domain} ${modelOf(run)} ${run.variant}`;
      if (unpriced > 0) unpricedCalls.set(group, (unpricedCalls.get(group) ?? 0) + unpriced);
    }
    expect(verdictsOn(runs(), index)).toEqual({ ...PRICED, 'ft unknown_model': 140 });
    expect(Object.fromEntries(unpricedCalls)).toEqual({
      'airline ft default': 248,
      'airline qwen2.5 default': 732,
      'retail ft default': 531,
      'telecom ft default': 1013,
      'telecom ft no-user': 629,
    });
  });

  test('by a LiteLLM map the same, and the fine-tune has rates of its own', () => {
    const validity = { validFrom: null, validTo: null };
    const { rows } = importLitellmMap(JSON.parse(unzip('prices/litellm_2026-08-01.json.gz')), validity);
    const index = buildPriceIndex(issueRows(rows, { tenantId: '7', book: 'litellm' }, 1));
    expect(verdictsOn(runs(), index)).toEqual({ ...PRICED, 'ft priced': 140 });
  });
});

const modelOf = (run: Run): string => run.agent_llm.replace(/^.*\/|:.*$/g, '');

/** Runs by model and verdict; a recorded 0 is that of a recorder without a price. */
function verdictsOn(runs: readonly Run[], index: PriceIndex): Record<string, number> {
  const verdicts: Record<string, number> = {};
  for (const run of runs) {
    const verdict = `${modelOf(run)} ${verdictOn(run, chargesOf(run, index))}`.replace(
      / [1-9]\d* for 0$/,
      ' priced',
    );
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  }
  return verdicts;
}
