import type { Span, StepKind, Usage } from '#model';
import { toText } from './attribute.ts';
import { chooseDialect } from './choose-dialect.ts';
import type { Dialect, Reading } from './dialect.ts';
import { readProcessId } from './process-id.ts';
import { resolveProvider } from './provider.ts';
import { readConversationId, readErrorType, readGenAi } from './read-gen-ai.ts';
import type { SettledUsage } from './settle-usage.ts';
import { settleUsage } from './settle-usage.ts';
import type { Signs } from './signs.ts';
import { has, isOfInterest, readSigns, SIGN } from './signs.ts';
import type { Stance, StepDraft } from './step-draft.ts';
import { toStorable } from './storable-text.ts';

const CALL_KINDS: ReadonlySet<StepKind> = new Set(['model_call', 'embedding', 'rerank']);
/** Kinds that only ever sum up others, with or without totals of their own. */
const CONTAINER_KINDS: ReadonlySet<StepKind> = new Set(['agent', 'workflow']);
/** Kinds whose totals may be the only carrier of what happened inside. */
const TOTAL_KINDS: ReadonlySet<StepKind> = new Set(['guardrail', 'evaluation', 'other']);

/**
 * Reads what one span means, whoever wrote it: the kind, models, names and ids, and the usage in disjoint buckets with
 * the rule that decided. A span that is about no model, agent or tool is `other` with nothing billable.
 *
 * Depends on the span alone, so the same bytes always read the same. Never throws, whatever the attributes hold: what
 * cannot be understood becomes a flag.
 */
export function readStep(span: Span): StepDraft {
  const signs = readSigns(span);
  const choice = isOfInterest(signs) ? chooseDialect(span, signs) : null;
  if (choice === null) return plainStep(span, signs);
  const reading = readGenAi(span, signs);
  choice.dialect.read(span, reading, signs);
  for (const other of choice.others) reading.flags.add(`also:${other.id}`);
  return toDraft(span, signs, choice.dialect, reading);
}

/**
 * A span of the application, its web server or its database. Here and below the literal is written out whole: objects
 * made by spreading are several times slower to make, and most spans of a trace come this way.
 */
export function plainStep(span: Span, signs: Signs, isLog = false): StepDraft {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    startedAtNs: span.startedAtNs,
    endedAtNs: span.endedAtNs,
    serviceName: signs.serviceName,
    scopeName: signs.scopeName,
    scopeVersion: span.scope.version,
    kind: 'other',
    dialect: 'none',
    stance: 'none',
    stanceReason: 'not_generative_ai',
    vantage: 'application',
    isCumulative: false,
    processId: null,
    isCacheHit: false,
    isSampled: isSampled(span, signs),
    isLog,
    isDoubtful: false,
    promptId: null,
    isProtocolTool: false,
    provider: null,
    modelRequest: null,
    modelResponse: null,
    usage: null,
    usageState: 'missing',
    usageSemantics: null,
    extraUsage: NOTHING,
    costReported: null,
    serviceTier: null,
    tool: null,
    documentCount: null,
    conversationId: has(signs, SIGN.session)
      ? knownConversation(readConversationId(span.attributes, signs))
      : null,
    responseId: null,
    requestId: null,
    agentName: null,
    workflowName: toStorable(toText(span.attributes.get('workflow.name'))),
    errorType: readErrorType(span),
    evaluation: null,
    finishReasons: NOTHING,
    flags: NOTHING,
  };
}

const NOTHING: readonly never[] = [];

/** @param reading after the dialect has corrected it */
export function toDraft(
  span: Span,
  signs: Signs,
  dialect: Dialect,
  reading: Reading,
  isLog = false,
): StepDraft {
  const { kind, flags } = reading;
  const settled = settle(reading);
  const stance = stanceOf(reading, settled);
  const modelRequest = toStorable(knownModel(reading.modelRequest));
  const modelResponse = toStorable(knownModel(reading.modelResponse));
  const { provider, isFromFamily } = resolveProvider(
    toStorable(reading.provider),
    modelResponse ?? modelRequest,
    reading.serverAddress,
  );
  if (isFromFamily) flags.add('provider_from_model');
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    startedAtNs: span.startedAtNs,
    endedAtNs: span.endedAtNs,
    serviceName: signs.serviceName,
    scopeName: signs.scopeName,
    scopeVersion: span.scope.version,
    kind,
    dialect: `${dialect.id}@${dialect.version}`,
    stance,
    stanceReason: reading.stanceReason ?? kind,
    vantage: reading.vantage,
    isCumulative: reading.isCumulative,
    processId: reading.isCumulative ? readProcessId(span.resource) : null,
    isCacheHit: reading.isCacheHit,
    isSampled: isSampled(span, signs),
    isLog,
    isDoubtful: reading.isDoubtful,
    promptId: toStorable(reading.promptId),
    isProtocolTool: reading.isProtocolTool,
    provider,
    modelRequest,
    modelResponse,
    usage: settled.usage,
    usageState: reading.isLowerBound && settled.state === 'reported' ? 'partial' : settled.state,
    usageSemantics: settled.semantics,
    extraUsage: reading.extraUsage,
    costReported: reportedCost(reading, settled),
    serviceTier: reading.serviceTier,
    tool: kind === 'tool_call' ? (reading.tool ?? { name: span.name, callId: null }) : null,
    documentCount: reading.documentCount,
    conversationId: knownConversation(reading.conversationId),
    responseId: toStorable(reading.responseId),
    requestId: toStorable(reading.requestId),
    agentName: toStorable(reading.agentName),
    workflowName: toStorable(reading.workflowName),
    errorType: reading.errorType,
    evaluation: reading.evaluation,
    finishReasons: reading.finishReasons,
    flags: [...flags].sort(),
  };
}

function settle(reading: Reading): SettledUsage {
  const { kind, flags } = reading;
  if (reading.settled) return reading.settled;
  const settled = settleUsage(
    reading.counts,
    {
      input: reading.inputHint,
      output: reading.outputHint,
      by: reading.hintBy,
      isTotalFromProvider: reading.isTotalFromProvider,
      hasOutput: reading.hasOutput && CALL_KINDS.has(kind) && reading.errorType === null,
      expectsOutput: kind !== 'embedding' && kind !== 'rerank',
    },
    flags,
  );
  if (kind === 'rerank' && settled.state === 'missing' && reading.errorType === null) return ONE_SEARCH;
  return settled;
}

/** Reranking is sold by the search; a reranker that reports no tokens has done one. */
const SEARCH: Usage = { tokens: {}, units: { search: 1n } };
const ONE_SEARCH: SettledUsage = {
  usage: SEARCH,
  state: 'reported',
  semantics: { input: 'disjoint', rule: 'rerank_search_unit' },
};

function stanceOf(reading: Reading, settled: SettledUsage): Stance {
  if (reading.stance !== null) return reading.stance;
  if (CALL_KINDS.has(reading.kind)) return 'call';
  if (CONTAINER_KINDS.has(reading.kind)) return 'total';
  return TOTAL_KINDS.has(reading.kind) && settled.usage !== null ? 'total' : 'none';
}

/** A zero cost beside tokens says that nobody knew the price (conventions.md E), unless the answer was cached. */
function reportedCost(reading: Reading, settled: SettledUsage): Reading['cost'] {
  const { cost } = reading;
  if (cost === null || !/^0(?:\.0*)?$/.test(cost.amount) || reading.isCacheHit) return cost;
  const tokens = Object.values(settled.usage?.tokens ?? {});
  if (!tokens.some((count) => count > 0n)) return cost;
  reading.flags.add('zero_cost_with_tokens');
  return null;
}

/** No outcome event may name a longer one. */
const CONVERSATION_LENGTH_MAX = 512;

function knownConversation(id: string | null): string | null {
  return id === null || id.length > CONVERSATION_LENGTH_MAX ? null : toStorable(id);
}

function knownModel(model: string | null): string | null {
  return model === 'unknown' ? null : model;
}

/**
 * The threshold of OpenTelemetry's consistent sampling in `tracestate`: `ot=th:c` drops three traces of four, `th:0` none.
 * The random flag beside it says only that the trace id is random. Source: OpenTelemetry, TraceState probability sampling.
 */
const DROPS_TRACES = /(?:^|,)\s*ot=(?:[^,]*;)?th:(?!0+(?:[;,\s]|$))[0-9a-f]{1,14}(?:[;,\s]|$)/;

/** conventions.md C6: a sampled trace may have lost leaves. A probability of one has lost nothing. */
function isSampled(span: Span, signs: Signs): boolean {
  if (span.traceState !== undefined && DROPS_TRACES.test(span.traceState)) return true;
  if (!has(signs, SIGN.sampling)) return false;
  for (const [key, value] of span.attributes)
    if (key.startsWith('sampling.') && !(value === 1 || value === 1n || value === '1' || value === '1.0'))
      return true;
  return false;
}
