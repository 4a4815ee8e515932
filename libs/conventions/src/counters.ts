import { TOKEN_BUCKETS } from '#model';
import type { Attributes, CounterPoint, TokenBucket } from '#model';
import { firstText, toCount, toMoney } from './attribute.ts';

/**
 * What a metric's data point counts (conventions.md 3, 5 B7): tokens of one class, or money, of one model and service.
 * It is held against what spans and log records gave, and is never charged: it is one more copy of the same tokens.
 */
export interface CounterReading {
  readonly quantity: 'tokens' | 'cost_usd';
  /** As the metric calls it; `cost` for money. */
  readonly tokenClass: string;
  /** Buckets of a step that hold the same tokens; empty where none holds just them. */
  readonly buckets: readonly TokenBucket[];
  readonly service: string;
  /** Empty where the metric does not say. */
  readonly model: string;
  readonly session: string | null;
  /** Decimal text: whole for tokens, US dollars for money. */
  readonly value: string;
}

const OUTPUT: readonly TokenBucket[] = ['out_text', 'reasoning', 'audio_out', 'image_out'];
const ANSWER: readonly TokenBucket[] = ['out_text', 'audio_out', 'image_out'];
const CACHE_READ: readonly TokenBucket[] = ['cache_read', 'audio_cache_read'];
const CACHE_WRITE: readonly TokenBucket[] = ['cache_write_5m', 'cache_write_1h', 'cache_write_unk'];
const INPUT = TOKEN_BUCKETS.filter((bucket) => !OUTPUT.includes(bucket));
const UNCACHED = INPUT.filter((bucket) => !CACHE_READ.includes(bucket) && !CACHE_WRITE.includes(bucket));

type Classes = Readonly<Record<string, readonly TokenBucket[]>>;
interface KnownCounter {
  /** The attribute that names the class; null where the metric has but one. */
  readonly classKey: string | null;
  readonly classes: Classes;
  /** For money: the power of ten that makes dollars of it. */
  readonly dollarExponent?: number;
}

const one = (name: string, buckets: readonly TokenBucket[]): KnownCounter => ({
  classKey: null,
  classes: { [name]: buckets },
});
const GEN_AI = 'gen_ai.client.inference.usage.';
const KNOWN: ReadonlyMap<string, KnownCounter> = new Map<string, KnownCounter>([
  [
    'gen_ai.client.token.usage',
    { classKey: 'gen_ai.token.type', classes: { input: INPUT, output: OUTPUT, completion: OUTPUT } },
  ],
  [`${GEN_AI}input_tokens`, one('input', INPUT)],
  [`${GEN_AI}output_tokens`, one('output', OUTPUT)],
  [`${GEN_AI}cache_read.input_tokens`, one('cache_read', CACHE_READ)],
  [`${GEN_AI}cache_write.input_tokens`, one('cache_write', CACHE_WRITE)],
  [`${GEN_AI}reasoning.output_tokens`, one('reasoning', ['reasoning'])],
  [
    'claude_code.token.usage',
    {
      classKey: 'type',
      classes: { input: UNCACHED, output: OUTPUT, cacheRead: CACHE_READ, cacheCreation: CACHE_WRITE },
    },
  ],
  ['claude_code.cost.usage', { ...one('cost', []), dollarExponent: 0 }],
  [
    'gemini_cli.token.usage',
    {
      classKey: 'type',
      classes: { input: INPUT, output: ANSWER, cache: CACHE_READ, thought: ['reasoning'], tool: [] },
    },
  ],
  [
    'codex.turn.token_usage',
    {
      classKey: 'token_type',
      classes: {
        input: INPUT,
        cached_input: CACHE_READ,
        cache_write_input: CACHE_WRITE,
        output: OUTPUT,
        reasoning_output: ['reasoning'],
        total: TOKEN_BUCKETS,
      },
    },
  ],
  ['codex.turn.cost_microusd', { ...one('cost', []), dollarExponent: -6 }],
]);

/** Whether a metric counts tokens or their cost, so that its points are kept. */
export function isKnownCounter(metric: string): boolean {
  return KNOWN.has(metric);
}

/**
 * @returns what the point counts; `not_a_count` where its value is no amount, or may fall; null for a metric that is not
 *   known. A class that nobody described is kept under its name, with no buckets to hold it against.
 */
export function readCounter(point: CounterPoint): CounterReading | 'not_a_count' | null {
  const known = KNOWN.get(point.metric);
  if (known === undefined) return null;
  const value = point.isMonotonic ? amountOf(point.value, known.dollarExponent) : null;
  if (value === null) return 'not_a_count';
  const { attributes } = point;
  const tokenClass =
    known.classKey === null
      ? Object.keys(known.classes)[0]!
      : (firstText(attributes, known.classKey) ?? 'unknown');
  return {
    quantity: known.dollarExponent === undefined ? 'tokens' : 'cost_usd',
    tokenClass,
    buckets: Object.hasOwn(known.classes, tokenClass) ? known.classes[tokenClass]! : [],
    service: firstText(point.resource.attributes, 'service.name') ?? '',
    model: modelOf(attributes),
    session: firstText(attributes, 'session.id', 'gen_ai.conversation.id', 'conversation.id'),
    value,
  };
}

function amountOf(value: CounterPoint['value'], dollarExponent: number | undefined): string | null {
  if (value === null) return null;
  if (dollarExponent === undefined) {
    const count = toCount(value);
    return typeof count === 'bigint' ? count.toString() : null;
  }
  const dollars = toMoney(value);
  return dollars === null || dollarExponent === 0 ? dollars : toMoney(`${dollars}e${dollarExponent}`);
}

function modelOf(attributes: Attributes): string {
  return firstText(attributes, 'gen_ai.response.model', 'model', 'gen_ai.request.model') ?? '';
}
