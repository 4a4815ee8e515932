import type { Attributes } from '#model';
import type { Count } from './attribute.ts';
import { toCount } from './attribute.ts';

/** What an emitter counted, before it is known which count contains which. null = not reported. */
export interface Counts {
  input: bigint | null;
  output: bigint | null;
  total: bigint | null;
  cacheRead: bigint | null;
  cacheWrite: bigint | null;
  cacheWrite5m: bigint | null;
  cacheWrite1h: bigint | null;
  reasoning: bigint | null;
  audioIn: bigint | null;
  audioOut: bigint | null;
  audioCacheRead: bigint | null;
  imageIn: bigint | null;
  imageOut: bigint | null;
  imageCacheRead: bigint | null;
  /** Gemini's tool-use prompt: input beside the prompt count. */
  toolUsePrompt: bigint | null;
}

export type CountName = keyof Counts;

/** Every count by name, in a fixed order. */
export const COUNT_NAMES: readonly CountName[] = [
  'input',
  'output',
  'total',
  'cacheRead',
  'cacheWrite',
  'cacheWrite5m',
  'cacheWrite1h',
  'reasoning',
  'audioIn',
  'audioOut',
  'audioCacheRead',
  'imageIn',
  'imageOut',
  'imageCacheRead',
  'toolUsePrompt',
];

export function emptyCounts(): Counts {
  return {
    input: null,
    output: null,
    total: null,
    cacheRead: null,
    cacheWrite: null,
    cacheWrite5m: null,
    cacheWrite1h: null,
    reasoning: null,
    audioIn: null,
    audioOut: null,
    audioCacheRead: null,
    imageIn: null,
    imageOut: null,
    imageCacheRead: null,
    toolUsePrompt: null,
  };
}

/** For each count the keys it may stand under, in order of priority: one row = one count, never summed. */
export type KeyRows = readonly (readonly [CountName, ...(readonly string[])])[];

/** Where two spellings of one count differ the larger is right: a renamed key is written beside its old one. */
const LARGER_WINS: ReadonlySet<CountName> = new Set(['cacheWrite', 'cacheRead']);

/**
 * Reads one vocabulary's counts into `counts`, leaving what is already there. Adds to `flags` what was no count
 * (`rejected:<count>`) and which spellings of one count disagreed (`disagreement:<count>`, conventions.md B6).
 */
export function readCounts(attributes: Attributes, rows: KeyRows, counts: Counts, flags: Set<string>): void {
  for (const row of rows) {
    const name = row[0];
    if (counts[name] !== null) continue;
    let found: Count = 'absent';
    for (let index = 1; index < row.length; index++) {
      const value = attributes.get(row[index]!);
      if (value !== undefined) found = take(found, toCount(value), name, flags);
    }
    if (typeof found === 'bigint') counts[name] = found;
    else if (found === 'rejected') flags.add(`rejected:${name}`);
  }
}

function take(found: Count, next: Count, name: CountName, flags: Set<string>): Count {
  if (next === 'absent' || next === 'rejected') return found === 'absent' ? next : found;
  if (typeof found !== 'bigint' || found === next) return next;
  if (LARGER_WINS.has(name)) return found > next ? found : next;
  flags.add(`disagreement:${name}`);
  return found;
}

const PREFIX = 'gen_ai.usage.';
/** OpenTelemetry GenAI and what has been written under its prefix by others (conventions.md 3.1, 3.11, 4). */
export const GEN_AI_ROWS: KeyRows = [
  ['input', `${PREFIX}input_tokens`, `${PREFIX}prompt_tokens`],
  ['output', `${PREFIX}output_tokens`, `${PREFIX}completion_tokens`],
  ['total', `${PREFIX}total_tokens`, 'llm.usage.total_tokens', 'codex.usage.total_tokens'],
  [
    'cacheRead',
    `${PREFIX}cache_read.input_tokens`,
    `${PREFIX}cache_read_input_tokens`,
    `${PREFIX}cache_read_tokens`,
    `${PREFIX}cached_tokens`,
    `${PREFIX}input_cached_tokens`,
    `${PREFIX}input_tokens.cached`,
    `${PREFIX}prompt_tokens_details.cached_tokens`,
    `${PREFIX}details.cache_read_tokens`,
  ],
  [
    'cacheWrite',
    `${PREFIX}cache_write.input_tokens`,
    `${PREFIX}cache_creation.input_tokens`,
    `${PREFIX}cache_creation_input_tokens`,
    `${PREFIX}cache_write_input_tokens`,
    `${PREFIX}cache_write_tokens`,
    `${PREFIX}input_tokens.cache_write`,
    `${PREFIX}prompt_tokens_details.cache_write_tokens`,
    `${PREFIX}details.cache_write_tokens`,
  ],
  [
    'cacheWrite5m',
    'anthropic.usage.cache_creation.ephemeral_5m_input_tokens',
    `${PREFIX}cache_creation.input_tokens.ephemeral_5m`,
    `${PREFIX}cache_creation.ephemeral_5m_input_tokens`,
  ],
  [
    'cacheWrite1h',
    'anthropic.usage.cache_creation.ephemeral_1h_input_tokens',
    `${PREFIX}cache_creation.input_tokens.ephemeral_1h`,
    `${PREFIX}cache_creation.ephemeral_1h_input_tokens`,
  ],
  [
    'reasoning',
    `${PREFIX}reasoning.output_tokens`,
    `${PREFIX}reasoning_tokens`,
    'llm.usage.reasoning_tokens',
    `${PREFIX}output_tokens.reasoning`,
    `${PREFIX}completion_tokens_details.reasoning_tokens`,
    `${PREFIX}details.reasoning_tokens`,
    `${PREFIX}experimental.reasoning_tokens`,
    'codex.usage.reasoning_output_tokens',
    'ai.usage.outputTokenDetails.reasoningTokens',
  ],
  [
    'audioIn',
    `${PREFIX}audio.input_tokens`,
    `${PREFIX}audio_input_tokens`,
    `${PREFIX}details.input_audio_tokens`,
  ],
  [
    'audioOut',
    `${PREFIX}audio.output_tokens`,
    `${PREFIX}audio_output_tokens`,
    `${PREFIX}details.output_audio_tokens`,
  ],
  ['audioCacheRead', `${PREFIX}audio.cache_read.input_tokens`, `${PREFIX}details.cache_audio_read_tokens`],
  ['imageIn', `${PREFIX}image.input_tokens`],
  ['imageOut', `${PREFIX}image.output_tokens`],
  ['imageCacheRead', `${PREFIX}image.cache_read.input_tokens`],
];

/** The oldest OpenLLMetry spelling. */
export const LLM_USAGE_ROWS: KeyRows = [
  ['input', 'llm.usage.prompt_tokens'],
  ['output', 'llm.usage.completion_tokens'],
];

/** Keys under the prefix that are understood elsewhere or say nothing that is billed. */
const NOT_COUNTS: ReadonlySet<string> = new Set([
  `${PREFIX}raw`,
  `${PREFIX}cost`,
  `${PREFIX}cost_usd`,
  `${PREFIX}input_cost`,
  `${PREFIX}output_cost`,
  `${PREFIX}total_cost`,
  `${PREFIX}input_token_details`,
  `${PREFIX}output_token_details`,
  `${PREFIX}reasoning_tokens_limit`,
  `${PREFIX}text.input_tokens`,
  `${PREFIX}text.output_tokens`,
  `${PREFIX}text.cache_read.input_tokens`,
  `${PREFIX}experimental.reasoning_tokens_limit`,
]);
const KNOWN: ReadonlySet<string> = new Set([...NOT_COUNTS, ...GEN_AI_ROWS.flatMap((row) => row.slice(1))]);

/** Flags a usage key nobody has described: it never reaches a bucket, and is never lost from sight either. */
export function flagUnknownUsageKeys(attributes: Attributes, flags: Set<string>): void {
  for (const key of attributes.keys()) {
    if (!key.startsWith(PREFIX) || KNOWN.has(key) || key.startsWith(`${PREFIX}details.`)) continue;
    if (key.endsWith('_limit') || typeof toCount(attributes.get(key)) !== 'bigint') continue;
    flags.add('unknown_usage_key');
    return;
  }
}
