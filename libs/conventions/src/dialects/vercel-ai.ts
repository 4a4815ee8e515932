import type { Attributes, ExtraUsage, Span, StepKind } from '#model';
import { firstText, toCount } from '../attribute.ts';
import type { Blob, BlobMap } from '../blob.ts';
import { asMap, at, toBlobMap } from '../blob.ts';
import type { CountName, KeyRows } from '../counts.ts';
import { readCounts } from '../counts.ts';
import type { Dialect, Reading } from '../dialect.ts';
import { flagInvisibleCache } from '../invisible-cache.ts';
import { normaliseProvider } from '../provider.ts';
import { usageFromProviderBody } from '../provider-body.ts';
import { has, SIGN } from '../signs.ts';

/**
 * Vercel AI SDK, the spans of scope `ai` (majors 3 to 6, and 7 with the legacy integration): conventions.md 3.4. The
 * same key means other things by major and provider; the details of version 6 tell which.
 */
const ROOT_KINDS: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  ['ai.generateText', 'agent'],
  ['ai.streamText', 'agent'],
  ['ai.generateObject', 'workflow'],
  ['ai.streamObject', 'workflow'],
  ['ai.embed', 'workflow'],
  ['ai.embedMany', 'workflow'],
  ['ai.rerank', 'workflow'],
  ['ai.toolCall', 'tool_call'],
]);

const ROWS: KeyRows = [
  ['input', 'ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'],
  ['output', 'ai.usage.outputTokens', 'ai.usage.completionTokens'],
  ['total', 'ai.usage.totalTokens'],
  ['cacheRead', 'ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'],
  ['cacheWrite', 'ai.usage.inputTokenDetails.cacheWriteTokens'],
  ['reasoning', 'ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'],
];

export const vercelAi: Dialect = {
  id: 'vercel-ai',
  version: 1,
  recognises: (span, signs) => has(signs, SIGN.ai | SIGN.operation) && operationOf(span.attributes) !== null,
  read(span, reading) {
    const { attributes } = span;
    reading.kind = kindOf(operationOf(attributes) ?? '');
    reading.provider = firstText(attributes, 'ai.model.provider') ?? reading.provider;
    reading.modelRequest ??= firstText(attributes, 'ai.model.id');
    reading.modelResponse ??= firstText(attributes, 'ai.response.model');
    reading.responseId ??= firstText(attributes, 'ai.response.id');
    const finishReason = firstText(attributes, 'ai.response.finishReason');
    if (finishReason !== null && reading.finishReasons.length === 0) reading.finishReasons = [finishReason];
    reading.agentName ??= firstText(attributes, 'ai.telemetry.functionId');
    if (reading.kind === 'tool_call') readTool(span, reading);
    else readUsage(attributes, reading);
  },
};

/** `operation.name` is the id, a blank and the caller's function id. */
function operationOf(attributes: Attributes): string | null {
  const id = firstText(attributes, 'ai.operationId', 'operation.name');
  return id !== null && id.startsWith('ai.') ? id.split(' ', 1)[0]! : null;
}

function kindOf(operation: string): StepKind {
  const root = ROOT_KINDS.get(operation);
  if (root) return root;
  if (operation.endsWith('.doEmbed')) return 'embedding';
  if (operation.endsWith('.doRerank')) return 'rerank';
  return /\.do(?:Generate|Stream)$/.test(operation) ? 'model_call' : 'other';
}

function readTool(span: Span, reading: Reading): void {
  const { attributes } = span;
  reading.tool = {
    name: firstText(attributes, 'ai.toolCall.name', 'gen_ai.tool.name') ?? span.name,
    callId: firstText(attributes, 'ai.toolCall.id', 'gen_ai.tool.call.id'),
  };
}

function readUsage(attributes: Attributes, reading: Reading): void {
  readOwnCounts(attributes, reading);
  const provider = normaliseProvider(reading.provider);
  const isSix = hasDetails(attributes);
  const isBeside = !isSix && (provider === 'anthropic' || provider === 'aws.bedrock');
  reading.inputHint = isBeside ? 'exclusive' : 'inclusive';
  reading.outputHint = !isSix && provider?.startsWith('gcp.') ? 'exclusive' : 'inclusive';
  reading.hintBy = `vercel-ai:${isSix ? 'v6' : 'v5'}:${provider ?? 'unknown'}`;
  const metadata = attributes.get('ai.response.providerMetadata');
  if (metadata !== undefined) readMetadata(toBlobMap(metadata), reading);
  // Version 5 tells the cached part of what OpenAI read in streams only.
  if (!isSix && (provider === 'openai' || provider === 'azure.ai.openai')) flagInvisibleCache(reading);
}

/** Its own keys before `gen_ai.usage.*`, which repeats two of them. */
function readOwnCounts(attributes: Attributes, { counts, flags }: Reading): void {
  counts.input = null;
  counts.output = null;
  const gen = { ...counts };
  readCounts(attributes, ROWS, counts, flags);
  if (counts.input === null && counts.output === null) readCounts(attributes, FALLBACK_ROWS, counts, flags);
  counts.cacheRead ??= gen.cacheRead;
  counts.cacheWrite ??= gen.cacheWrite;
}

const FALLBACK_ROWS: KeyRows = [
  ['input', 'gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  ['output', 'gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
];

/** Version 6 and later; the discriminator that Sentry uses too. */
function hasDetails(attributes: Attributes): boolean {
  return (
    attributes.has('ai.usage.inputTokenDetails.noCacheTokens') ||
    attributes.has('ai.usage.inputTokenDetails.cacheReadTokens') ||
    attributes.has('ai.usage.inputTokenDetails.cacheWriteTokens')
  );
}

const METADATA_ROWS: readonly (readonly [CountName, ...(readonly (readonly string[])[])])[] = [
  [
    'cacheRead',
    ['anthropic', 'usage', 'cache_read_input_tokens'],
    ['anthropic', 'cacheReadInputTokens'],
    ['bedrock', 'usage', 'cacheReadInputTokens'],
    ['openai', 'cachedPromptTokens'],
  ],
  [
    'cacheWrite',
    ['anthropic', 'usage', 'cache_creation_input_tokens'],
    ['anthropic', 'cacheCreationInputTokens'],
    ['bedrock', 'usage', 'cacheWriteInputTokens'],
  ],
  ['cacheWrite5m', ['anthropic', 'usage', 'cache_creation', 'ephemeral_5m_input_tokens']],
  ['cacheWrite1h', ['anthropic', 'usage', 'cache_creation', 'ephemeral_1h_input_tokens']],
  ['reasoning', ['openai', 'reasoningTokens']],
];

/** What the provider said, which the attributes leave out: cache writes by time to live, the tier, the response id. */
export function readMetadata(metadata: BlobMap | null, reading: Reading): void {
  if (metadata === null) return;
  const { counts } = reading;
  for (const [name, ...paths] of METADATA_ROWS)
    for (const path of paths) {
      const count = toCount(asScalar(at(metadata, ...path)));
      if (typeof count === 'bigint') counts[name] ??= count;
    }
  proveByRaw(toCount(asScalar(at(metadata, 'anthropic', 'usage', 'input_tokens'))), reading);
  for (const path of [
    ['anthropic', 'usage', 'service_tier'],
    ['openai', 'serviceTier'],
  ]) {
    const tier = at(metadata, ...path);
    if (typeof tier === 'string' && tier !== '' && tier !== 'auto') reading.serviceTier ??= tier;
  }
  const responseId = at(metadata, 'openai', 'responseId');
  if (typeof responseId === 'string' && responseId !== '') reading.responseId ??= responseId;
  reading.extraUsage.push(...adviceOf(at(metadata, 'anthropic', 'usage', 'iterations')));
}

/** Rule A1.1: the provider's own input count beside the SDK's shows which of the two the SDK's is. */
function proveByRaw(raw: unknown, reading: Reading): void {
  const { counts } = reading;
  if (typeof raw !== 'bigint' || counts.input === null) return;
  const cached = (counts.cacheRead ?? 0n) + (counts.cacheWrite ?? 0n);
  if (cached === 0n) return;
  if (counts.input === raw) reading.inputHint = 'exclusive';
  else if (counts.input === raw + cached) reading.inputHint = 'inclusive';
  else return;
  reading.hintBy = 'vercel-ai:raw-usage';
}

const ITERATIONS_MAX = 100;

/** An advisor is another model at another price, and in no token attribute (conventions.md 3.4). */
function adviceOf(iterations: Blob | undefined): ExtraUsage[] {
  if (!Array.isArray(iterations)) return [];
  return iterations.slice(0, ITERATIONS_MAX).flatMap((item): ExtraUsage[] => {
    const iteration = asMap(item);
    if (iteration?.['type'] !== 'advisor_message') return [];
    const usage = usageFromProviderBody('anthropic', iteration)?.usage;
    const model = iteration['model'];
    return usage ? [{ line: 'advisor', model: typeof model === 'string' ? model : null, usage }] : [];
  });
}

function asScalar(value: Blob | undefined): bigint | number | string | null {
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string' ? value : null;
}
