import type { Span, StepKind } from '#model';
import { firstText, toText } from '../attribute.ts';
import type { KeyRows } from '../counts.ts';
import { emptyCounts, readCounts } from '../counts.ts';
import type { Dialect } from '../dialect.ts';
import { has, SIGN } from '../signs.ts';
import { useBody } from '../use-body.ts';

/** Pydantic AI, and Logfire's integrations of the provider SDKs: conventions.md 3.7. */
const AGGREGATED = 'gen_ai.aggregated_usage.';
const AGGREGATED_ROWS: KeyRows = [
  ['input', `${AGGREGATED}input_tokens`],
  ['output', `${AGGREGATED}output_tokens`],
  ['cacheRead', `${AGGREGATED}cache_read.input_tokens`],
  ['cacheWrite', `${AGGREGATED}cache_write.input_tokens`, `${AGGREGATED}cache_creation.input_tokens`],
  ['reasoning', `${AGGREGATED}reasoning.output_tokens`, `${AGGREGATED}details.reasoning_tokens`],
];

export const pydanticAi: Dialect = {
  id: 'pydantic-ai',
  version: 1,
  recognises: (span, signs) =>
    signs.scopeName.startsWith('pydantic-ai') ||
    has(signs, SIGN.pydantic) ||
    (has(signs, SIGN.logfire) && has(signs, SIGN.genAi)) ||
    span.attributes.has(`${AGGREGATED}input_tokens`),
  read(span, reading) {
    const { attributes } = span;
    reading.kind = kindOf(span, reading.kind);
    reading.agentName ??= firstText(attributes, 'agent_name');
    reading.modelRequest ??= firstText(attributes, 'model_name');
    reading.errorType ??= firstText(attributes, 'pydantic_ai.tool.failure_stage');
    if (attributes.has(`${AGGREGATED}input_tokens`)) {
      reading.counts = emptyCounts();
      readCounts(attributes, AGGREGATED_ROWS, reading.counts, reading.flags);
    }
    if (reading.kind === 'tool_call') reading.tool ??= { name: nameOfTool(span), callId: null };
    reading.inputHint = 'inclusive';
    reading.hintBy = 'pydantic-ai';
    useBody(reading, null, attributes.get('gen_ai.usage.raw'));
  },
};

const RUNNING_TOOL = 'running tool: ';

function nameOfTool(span: Span): string {
  return span.name.startsWith(RUNNING_TOOL) ? span.name.slice(RUNNING_TOOL.length) : span.name;
}

/** Up to version 4 tools have no operation, and runs only an agent's name (conventions.md G3). */
function kindOf(span: Span, kind: StepKind): StepKind {
  const { attributes, name } = span;
  const operation = toText(attributes.get('gen_ai.operation.name'));
  const isTool =
    operation === 'execute_tool' || attributes.has('gen_ai.tool.name') || name.startsWith(RUNNING_TOOL);
  if (isTool && attributes.has('pydantic_ai.tool.deferral.name')) return 'human';
  if (operation !== null) return kind;
  if (isTool) return 'tool_call';
  if (/^running \d+ tools?$/.test(name)) return 'workflow';
  return attributes.has('agent_name') || name === 'agent run' ? 'agent' : kind;
}
