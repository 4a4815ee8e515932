import type { Span } from '#model';
import { toText } from './attribute.ts';
import { toStorable } from './storable-text.ts';

/**
 * What a single pass over a span's attribute keys shows: one bit per vocabulary. Most spans of a trace are HTTP or
 * database calls without any of them, and go no further.
 */
export const SIGN = {
  genAi: 1 << 0,
  llm: 1 << 1,
  openInference: 1 << 2,
  ai: 1 << 3,
  langfuse: 1 << 4,
  traceloop: 1 << 5,
  langsmith: 1 << 6,
  pydantic: 1 << 7,
  adk: 1 << 8,
  codex: 1 << 9,
  spanType: 1 << 10,
  mcp: 1 << 11,
  anthropic: 1 << 12,
  litellm: 1 << 13,
  openRouter: 1 << 14,
  session: 1 << 15,
  sampling: 1 << 16,
  flatUsage: 1 << 17,
  operation: 1 << 18,
  logfire: 1 << 19,
  scope: 1 << 20,
  laminar: 1 << 21,
} as const;

/** Signs that say nothing of what the span means. */
const MEANINGLESS = SIGN.session | SIGN.sampling;

const BY_FIRST_SEGMENT: ReadonlyMap<string, number> = new Map([
  ['gen_ai', SIGN.genAi],
  ['llm', SIGN.llm],
  ['openinference', SIGN.openInference],
  ['ai', SIGN.ai],
  ['langfuse', SIGN.langfuse],
  ['traceloop', SIGN.traceloop],
  ['langsmith', SIGN.langsmith],
  ['pydantic_ai', SIGN.pydantic],
  ['logfire', SIGN.logfire],
  ['codex', SIGN.codex],
  ['mcp', SIGN.mcp],
  ['anthropic', SIGN.anthropic],
  ['litellm', SIGN.litellm],
  ['hidden_params', SIGN.litellm],
  ['session', SIGN.session],
  ['conversation', SIGN.session],
  ['sampling', SIGN.sampling],
  ['input_tokens', SIGN.flatUsage],
  ['output_tokens', SIGN.flatUsage],
  ['operation', SIGN.operation],
  ['lmnr', SIGN.laminar],
]);

/** Scopes that are read even where their spans carry no key of their vocabulary. */
const SCOPE = new RegExp(
  '^(?:com\\.anthropic\\.|codex_(?:cli_rs|exec)|gcp\\.vertex\\.agent|agent_framework|pydantic-ai|strands|' +
    'litellm$|ai$|gen_ai$|ai\\.koog|langfuse-sdk|openinference\\.)',
);

export interface Signs {
  readonly bits: number;
  readonly scopeName: string;
  readonly serviceName: string | null;
}

export function readSigns(span: Span): Signs {
  let bits = 0;
  for (const key of span.attributes.keys()) {
    const dot = key.indexOf('.');
    const segment = dot < 0 ? key : key.slice(0, dot);
    const bit = BY_FIRST_SEGMENT.get(segment);
    if (bit !== undefined) bits |= bit;
    else if (segment === 'gcp') bits |= key.startsWith('gcp.vertex.agent.') ? SIGN.adk : 0;
    else if (segment === 'span') bits |= key === 'span.type' ? SIGN.spanType : 0;
    else if (segment === 'trace') bits |= key.startsWith('trace.metadata.openrouter.') ? SIGN.openRouter : 0;
  }
  const scopeName = span.scope.name;
  if (SCOPE.test(scopeName) || span.name.startsWith('claude_code.')) bits |= SIGN.scope;
  return { bits, scopeName, serviceName: toStorable(toText(span.resource.attributes.get('service.name'))) };
}

/** @returns false for a span that has nothing to do with models, agents or tools. */
export function isOfInterest(signs: Signs): boolean {
  return (signs.bits & ~MEANINGLESS) !== 0;
}

export function has(signs: Signs, bit: number): boolean {
  return (signs.bits & bit) !== 0;
}
