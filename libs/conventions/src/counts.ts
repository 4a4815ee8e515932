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

export const USAGE_PREFIX = 'gen_ai.usage.';
/** OpenTelemetry GenAI and what has been written under its prefix by others (conventions.md 3.1, 3.11, 4). */
export const GEN_AI_ROWS: KeyRows = [
  ['input', `${USAGE_PREFIX}input_tokens`, `${USAGE_PREFIX}prompt_tokens`],
  ['output', `${USAGE_PREFIX}output_tokens`, `${USAGE_PREFIX}completion_tokens`],
  ['total', `${USAGE_PREFIX}total_tokens`, 'llm.usage.total_tokens', 'codex.usage.total_tokens'],
  [
    'cacheRead',
    `${USAGE_PREFIX}cache_read.input_tokens`,
    `${USAGE_PREFIX}cache_read_input_tokens`,
    `${USAGE_PREFIX}cache_read_tokens`,
    `${USAGE_PREFIX}cached_tokens`,
    `${USAGE_PREFIX}input_cached_tokens`,
    `${USAGE_PREFIX}input_tokens.cached`,
    `${USAGE_PREFIX}prompt_tokens_details.cached_tokens`,
    `${USAGE_PREFIX}details.cache_read_tokens`,
  ],
  [
    'cacheWrite',
    `${USAGE_PREFIX}cache_write.input_tokens`,
    `${USAGE_PREFIX}cache_creation.input_tokens`,
    `${USAGE_PREFIX}cache_creation_input_tokens`,
    `${USAGE_PREFIX}cache_write_input_tokens`,
    `${USAGE_PREFIX}cache_write_tokens`,
    `${USAGE_PREFIX}input_tokens.cache_write`,
    `${USAGE_PREFIX}prompt_tokens_details.cache_write_tokens`,
    `${USAGE_PREFIX}details.cache_write_tokens`,
  ],
  [
    'cacheWrite5m',
    'anthropic.usage.cache_creation.ephemeral_5m_input_tokens',
    `${USAGE_PREFIX}cache_creation.input_tokens.ephemeral_5m`,
    `${USAGE_PREFIX}cache_creation.ephemeral_5m_input_tokens`,
  ],
  [
    'cacheWrite1h',
    'anthropic.usage.cache_creation.ephemeral_1h_input_tokens',
    `${USAGE_PREFIX}cache_creation.input_tokens.ephemeral_1h`,
    `${USAGE_PREFIX}cache_creation.ephemeral_1h_input_tokens`,
  ],
  [
    'reasoning',
    `${USAGE_PREFIX}reasoning.output_tokens`,
    `${USAGE_PREFIX}reasoning_tokens`,
    'llm.usage.reasoning_tokens',
    `${USAGE_PREFIX}output_tokens.reasoning`,
    `${USAGE_PREFIX}completion_tokens_details.reasoning_tokens`,
    `${USAGE_PREFIX}details.reasoning_tokens`,
    `${USAGE_PREFIX}experimental.reasoning_tokens`,
    'codex.usage.reasoning_output_tokens',
    'ai.usage.outputTokenDetails.reasoningTokens',
  ],
  [
    'audioIn',
    `${USAGE_PREFIX}audio.input_tokens`,
    `${USAGE_PREFIX}audio_input_tokens`,
    `${USAGE_PREFIX}details.input_audio_tokens`,
  ],
  [
    'audioOut',
    `${USAGE_PREFIX}audio.output_tokens`,
    `${USAGE_PREFIX}audio_output_tokens`,
    `${USAGE_PREFIX}details.output_audio_tokens`,
  ],
  [
    'audioCacheRead',
    `${USAGE_PREFIX}audio.cache_read.input_tokens`,
    `${USAGE_PREFIX}details.cache_audio_read_tokens`,
  ],
  ['imageIn', `${USAGE_PREFIX}image.input_tokens`],
  ['imageOut', `${USAGE_PREFIX}image.output_tokens`],
  ['imageCacheRead', `${USAGE_PREFIX}image.cache_read.input_tokens`],
];

/** The oldest OpenLLMetry spelling. */
export const LLM_USAGE_ROWS: KeyRows = [
  ['input', 'llm.usage.prompt_tokens'],
  ['output', 'llm.usage.completion_tokens'],
];

/** Keys under the prefix that are understood elsewhere or say nothing that is billed. */
const NOT_COUNTS: ReadonlySet<string> = new Set([
  `${USAGE_PREFIX}raw`,
  `${USAGE_PREFIX}cost`,
  `${USAGE_PREFIX}cost_usd`,
  `${USAGE_PREFIX}input_cost`,
  `${USAGE_PREFIX}output_cost`,
  `${USAGE_PREFIX}total_cost`,
  `${USAGE_PREFIX}input_token_details`,
  `${USAGE_PREFIX}output_token_details`,
  `${USAGE_PREFIX}reasoning_tokens_limit`,
  `${USAGE_PREFIX}text.input_tokens`,
  `${USAGE_PREFIX}text.output_tokens`,
  `${USAGE_PREFIX}text.cache_read.input_tokens`,
  `${USAGE_PREFIX}experimental.reasoning_tokens_limit`,
]);
/** Keys under the prefix that somebody has described. */
export const KNOWN_USAGE_KEYS: ReadonlySet<string> = new Set([
  ...NOT_COUNTS,
  ...GEN_AI_ROWS.flatMap((row) => row.slice(1)),
]);
