import type { Attributes, Span, StepKind } from '#model';
import { firstText, toMoney, toText } from '../attribute.ts';
import { at, toBlobMap } from '../blob.ts';
import type { Dialect, Reading } from '../dialect.ts';
import { readLangfuseUsage } from '../langfuse-usage.ts';
import { has, SIGN } from '../signs.ts';
import { useBody } from '../use-body.ts';

/** Langfuse SDK: conventions.md 3.5. */
const KIND: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  ['generation', 'model_call'],
  ['embedding', 'embedding'],
  ['agent', 'agent'],
  ['tool', 'tool_call'],
  ['chain', 'workflow'],
  ['retriever', 'retrieval'],
  ['guardrail', 'guardrail'],
  ['evaluator', 'evaluation'],
]);
const PREFIX = 'langfuse.observation.';

export const langfuse: Dialect = {
  id: 'langfuse',
  version: 1,
  recognises: (span, signs) => has(signs, SIGN.langfuse) && span.attributes.has(`${PREFIX}type`),
  read(span, reading) {
    const { attributes } = span;
    const usage = attributes.get(`${PREFIX}usage_details`);
    const model = firstText(attributes, `${PREFIX}model.name`);
    const kind = KIND.get(toText(attributes.get(`${PREFIX}type`)) ?? '') ?? 'other';
    // Python SDKs up to 3.3.0 write generations with the type `span`.
    reading.kind = kind === 'other' && model !== null && usage !== undefined ? 'model_call' : kind;
    reading.modelRequest ??= model;
    reading.modelResponse ??= model;
    if (usage !== undefined && !readLangfuseUsage(toBlobMap(usage), reading)) useBody(reading, null, usage);
    readCostAndTier(attributes, reading);
    readNames(span, reading);
  },
};

function readCostAndTier(attributes: Attributes, reading: Reading): void {
  const cost = at(toBlobMap(attributes.get(`${PREFIX}cost_details`)), 'total');
  const amount = typeof cost === 'object' ? null : toMoney(cost);
  if (amount !== null) reading.cost = { amount, currency: 'USD', source: 'client_estimate' };
  const tier = at(toBlobMap(attributes.get(`${PREFIX}model.parameters`)), 'service_tier');
  if (typeof tier === 'string' && tier !== 'auto') reading.serviceTier ??= tier;
}

function readNames(span: Span, reading: Reading): void {
  if (span.attributes.get(`${PREFIX}level`) === 'ERROR') reading.errorType ??= 'error';
  reading.workflowName ??= firstText(span.attributes, 'langfuse.trace.name');
  if (reading.kind === 'agent') reading.agentName ??= span.name;
  if (reading.kind === 'tool_call') reading.tool ??= { name: span.name, callId: null };
}
