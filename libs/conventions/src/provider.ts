/**
 * Providers by the names of the OpenTelemetry GenAI registry (`gen_ai.provider.name`), whatever an emitter calls them.
 * conventions.md D3: marker in the model id, then the server's address, then the provider attribute, then the family of
 * the model. A framework that gives its own name as the provider is none.
 */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  openai: ['openai', 'open_ai', 'openai_chat', 'text-completion-openai'],
  anthropic: ['anthropic', 'claude'],
  'aws.bedrock': [
    'aws.bedrock',
    'aws_bedrock',
    'amazon-bedrock',
    'amazon_bedrock',
    'bedrock',
    'aws',
    'bedrock_converse',
  ],
  'azure.ai.openai': [
    'azure.ai.openai',
    'az.ai.openai',
    'azure',
    'azure-openai',
    'azure_openai',
    'azureopenai',
  ],
  'azure.ai.inference': ['azure.ai.inference', 'az.ai.inference', 'azure_ai', 'azure-ai'],
  'gcp.vertex_ai': [
    'gcp.vertex_ai',
    'vertex_ai',
    'vertexai',
    'vertex',
    'google.vertex',
    'google-vertex',
    'google_vertexai',
  ],
  'gcp.gemini': [
    'gcp.gemini',
    'gemini',
    'google.generative-ai',
    'google-generative-ai',
    'google_genai',
    'google-gla',
  ],
  'gcp.gen_ai': ['gcp.gen_ai', 'google', 'gcp', 'google_generativeai'],
  cohere: ['cohere', 'cohere_chat'],
  deepseek: ['deepseek'],
  groq: ['groq'],
  'ibm.watsonx.ai': ['ibm.watsonx.ai', 'watsonx', 'ibm'],
  mistral_ai: ['mistral_ai', 'mistral', 'mistralai'],
  moonshot_ai: ['moonshot_ai', 'moonshot', 'moonshotai'],
  perplexity: ['perplexity'],
  x_ai: ['x_ai', 'xai', 'x-ai', 'grok'],
  openrouter: ['openrouter'],
  together_ai: ['together_ai', 'together', 'togetherai'],
  fireworks_ai: ['fireworks_ai', 'fireworks', 'fireworks-ai'],
  cerebras: ['cerebras'],
  ollama: ['ollama', 'ollama_chat'],
  huggingface: ['huggingface', 'hugging_face'],
  minimax: ['minimax'],
};
/** Frameworks and gateways that put themselves where the provider belongs. */
const NO_PROVIDERS: ReadonlySet<string> = new Set([
  'strands-agents',
  'autogen',
  'gcp.vertex.agent',
  'langchain',
  'langgraph',
  'litellm',
  'litellm_proxy',
  'crewai',
  'microsoft.agent_framework',
  'agent_framework',
  'llamaindex',
  'llama_index',
  'pydantic-ai',
  'semantic_kernel',
  'custom',
  'unknown',
  'none',
  '_other',
  'ai',
  'gateway',
  'vercel',
]);
const BY_SPELLING: ReadonlyMap<string, string> = new Map(
  Object.entries(SPELLINGS).flatMap(([name, spellings]) => spellings.map((text) => [text, name] as const)),
);

/** @returns the registry name; a name nobody knows in lower case; null for none or a framework's. */
export function normaliseProvider(text: string | null): string | null {
  if (text === null) return null;
  const known = BY_SPELLING.get(text);
  if (known !== undefined) return known;
  const lower = text.trim().toLowerCase();
  if (lower === '' || NO_PROVIDERS.has(lower)) return null;
  return BY_SPELLING.get(lower) ?? fromDottedName(lower) ?? lower;
}

/** "anthropic.messages", "openai.responses", "azure-openai.chat": the AI SDK adds the API after the provider. */
function fromDottedName(text: string): string | undefined {
  const dot = text.lastIndexOf('.');
  return dot < 0 ? undefined : (BY_SPELLING.get(text.slice(0, dot)) ?? fromDottedName(text.slice(0, dot)));
}

/** Clouds and gateways that a model id names itself. */
const MODEL_MARKERS: readonly (readonly [RegExp, string])[] = [
  [/^(?:arn:aws[\w-]*:bedrock:|bedrock\/)/, 'aws.bedrock'],
  [
    /^(?:(?:us|eu|apac|au|jp|global|us-gov)\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|qwen|openai)\.[a-z]/,
    'aws.bedrock',
  ],
  [/^vertex_ai\//, 'gcp.vertex_ai'],
  [/^azure\//, 'azure.ai.openai'],
  [/^azure_ai\//, 'azure.ai.inference'],
  [/^openrouter\//, 'openrouter'],
];
const SERVER_MARKERS: readonly (readonly [string, string])[] = [
  ['openrouter.ai', 'openrouter'],
  ['.openai.azure.com', 'azure.ai.openai'],
  ['.services.ai.azure.com', 'azure.ai.inference'],
  ['.models.ai.azure.com', 'azure.ai.inference'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['api.openai.com', 'openai'],
  ['api.anthropic.com', 'anthropic'],
  ['api.groq.com', 'groq'],
  ['api.deepseek.com', 'deepseek'],
  ['api.mistral.ai', 'mistral_ai'],
  ['api.x.ai', 'x_ai'],
  ['api.cohere.', 'cohere'],
  ['api.together.', 'together_ai'],
  ['api.fireworks.ai', 'fireworks_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.cerebras.ai', 'cerebras'],
];
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(?:anthropic\/)?claude/, 'anthropic'],
  [
    /^(?:openai\/)?(?:gpt-|chatgpt|o[1-9](?:-|$)|text-embedding-(?:3|ada)|ft:gpt|dall-e|whisper|tts-)/,
    'openai',
  ],
  [/^(?:google\/|gemini\/|models\/)?gemini/, 'gcp.gemini'],
  [/^(?:mistral|mixtral|codestral|ministral|magistral|pixtral)/, 'mistral_ai'],
  [/^(?:x-ai\/|xai\/)?grok-/, 'x_ai'],
  [/^(?:deepseek\/)?deepseek-(?:chat|reasoner|coder)/, 'deepseek'],
  [/^(?:cohere\/)?(?:command|rerank-|embed-)/, 'cohere'],
];

/** @returns the provider of record, and whether only the model's family told it. */
export function resolveProvider(
  claimed: string | null,
  model: string | null,
  serverAddress: string | null,
): { provider: string | null; isFromFamily: boolean } {
  const provider =
    (model === null ? null : find(MODEL_MARKERS, (marker) => marker.test(model))) ??
    (serverAddress === null ? null : findServer(serverAddress.toLowerCase())) ??
    normaliseProvider(claimed);
  if (provider !== null || model === null) return { provider, isFromFamily: false };
  const family = find(FAMILIES, (marker) => marker.test(model));
  return { provider: family, isFromFamily: family !== null };
}

function findServer(address: string): string | null {
  if (address.includes('bedrock') && address.includes('.amazonaws.com')) return 'aws.bedrock';
  return find(SERVER_MARKERS, (marker) => address.includes(marker));
}

function find<Marker>(
  rows: readonly (readonly [Marker, string])[],
  matches: (marker: Marker) => boolean,
): string | null {
  return rows.find(([marker]) => matches(marker))?.[1] ?? null;
}

/** Providers whose own API counts cached tokens beside the input, so that their emitters may do so too (A1). */
const EXCLUSIVE_BY_NATURE: ReadonlySet<string> = new Set(['anthropic', 'aws.bedrock', 'minimax']);

/** @returns whether an emitter that hands the provider's input count through would exclude the cache. */
export function countsCacheBesideInput(provider: string | null, model: string | null): boolean {
  if (provider === null) return true;
  return EXCLUSIVE_BY_NATURE.has(provider) || (model !== null && /claude/.test(model));
}
