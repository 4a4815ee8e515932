/**
 * Provider of record (conventions D3): who bills. Canonical ids are those of the genai-prices catalogue.
 * Names are declared here, never guessed: what is not listed and has no price row is unknown.
 */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['anthropic', 'claude', 'anthropic.messages'],
  aws: [
    'aws',
    'aws.bedrock',
    'bedrock',
    'bedrock_converse',
    'amazon',
    'amazon_bedrock',
    'amazon-bedrock',
    'aws_bedrock',
  ],
  azure: [
    'azure',
    'azure.ai.openai',
    'azure.ai.inference',
    'az.ai.openai',
    'az.ai.inference',
    'azure_openai',
    'azure-openai',
    'azure_ai',
    'azureopenai',
    'microsoft.foundry',
  ],
  cerebras: ['cerebras'],
  cohere: ['cohere', 'cohereai', 'cohere_chat'],
  deepseek: ['deepseek'],
  fireworks: ['fireworks', 'fireworks_ai', 'fireworks-ai'],
  google: [
    'google',
    'gcp',
    'gcp.gemini',
    'gcp.gen_ai',
    'gcp.vertex_ai',
    'gemini',
    'vertex',
    'vertex_ai',
    'vertexai',
    'vertex_ai_beta',
    'google_genai',
    'google-genai',
    'google.generative-ai',
    'google.vertex',
    'google_vertexai',
    'google-vertex',
    'generativeai',
  ],
  groq: ['groq'],
  minimax: ['minimax'],
  mistral: ['mistral', 'mistral_ai', 'mistralai', 'mistral-ai'],
  moonshotai: ['moonshotai', 'moonshot', 'moonshot_ai'],
  novita: ['novita', 'novita-ai', 'novita_ai'],
  openai: ['openai', 'open_ai', 'text-completion-openai'],
  openrouter: ['openrouter'],
  ovhcloud: ['ovhcloud'],
  perplexity: ['perplexity', 'perplexity_ai'],
  together: ['together', 'together_ai', 'together-ai', 'togetherai'],
  voyageai: ['voyageai', 'voyage', 'voyage_ai'],
  'x-ai': ['x-ai', 'xai', 'x_ai'],
  zhipuai: ['zhipuai', 'zhipu'],
  zai: ['zai', 'z.ai', 'z_ai'],
  // Providers without a list price: naming them keeps their open-weight models away from somebody's price list.
  huggingface: ['huggingface', 'hugging_face', 'hf'],
  ollama: ['ollama', 'ollama_chat'],
  vllm: ['vllm', 'hosted_vllm'],
  'self-hosted': [
    'self-hosted',
    'self_hosted',
    'lm_studio',
    'lmstudio',
    'llamacpp',
    'llama.cpp',
    'llama_cpp',
    'sglang',
    'tgi',
    'localai',
    'llamafile',
  ],
  'ibm.watsonx.ai': ['ibm.watsonx.ai', 'watsonx'],
};

const CANONICAL = new Map(
  Object.entries(ALIASES).flatMap(([provider, names]) => names.map((each) => [each, provider] as const)),
);

/** Names that emitters write as provider and that bill nobody: frameworks and proxies. */
const FRAMEWORKS = new Set([
  'strands-agents',
  'strands',
  'autogen',
  'gcp.vertex.agent',
  'langchain',
  'langgraph',
  'langchain_core',
  'llamaindex',
  'litellm',
  'litellm_proxy',
  'crewai',
  'pydantic-ai',
  'pydantic_ai',
  'agno',
  'haystack',
  'dspy',
  'smolagents',
  'openai-agents',
  'openai_agents',
  'microsoft.agent_framework',
  'semantic_kernel',
  'mastra',
  'google_adk',
  'adk',
  'beeai',
  'koog',
  'portkey',
  'helicone',
  'gateway',
  'custom',
  'custom_openai',
  'unknown',
  'other',
  '_other',
]);

/** Providers whose name is also the name of a wire format that others speak. */
const API_FLAVOURS: ReadonlySet<string> = new Set(['openai']);

/** Runtimes of one's own that have a name: a rate for `self-hosted` is theirs too, where they have none. */
export const OWN_RUNTIMES: readonly string[] = ['ollama', 'vllm'];

/** Model families that only their maker sells under these names; open-weight families are not among them. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^claude-/, 'anthropic'],
  [/^(ft:)?(gpt-(?!oss|j|neo)|chatgpt-|o[134](-|$)|text-embedding-(3|ada)|dall-e-)/, 'openai'],
  [/^gemini-/, 'google'],
  [/^grok-[3-9]/, 'x-ai'],
  [/^sonar(-|$)/, 'perplexity'],
  [/^voyage-/, 'voyageai'],
];

/**
 * @param provider as the span says it, or null
 * @returns the canonical id of a listed provider; null for a framework, an empty name or no name;
 *   the lower-case name itself where it is neither
 */
export function canonicalProvider(provider: string | null): string | null {
  const lower = provider?.trim().toLowerCase() ?? '';
  if (lower === '' || FRAMEWORKS.has(lower)) return null;
  const known = CANONICAL.get(lower);
  if (known !== undefined) return known;
  // The Vercel AI SDK writes `<provider>.<api>`: `openai.responses`, `google.vertex.chat`.
  for (let end = lower.lastIndexOf('.'); end > 0; end = lower.lastIndexOf('.', end - 1)) {
    const head = CANONICAL.get(lower.slice(0, end));
    if (head !== undefined) return head;
  }
  return lower;
}

/** Whether a canonical provider is declared here (a price list or a run-time of one's own). */
export function isListedProvider(provider: string): boolean {
  return Object.hasOwn(ALIASES, provider);
}

/** Whether a provider's name may mean only the API that the call spoke. */
export function isApiFlavour(provider: string): boolean {
  return API_FLAVOURS.has(provider);
}

/** @returns the one maker of a closed model family, by its lower-case name; null when others may sell it too */
export function providerOfFamily(model: string): string | null {
  return FAMILIES.find(([pattern]) => pattern.test(model))?.[1] ?? null;
}
