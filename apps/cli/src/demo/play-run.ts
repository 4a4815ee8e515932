import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { durationOf } from './case-writing.ts';
import type { Case, ModelCall, Run, ToolUse } from './case.ts';
import type { Workflow } from './scenario.ts';

const STEP_GAP_MS = 5;

/**
 * Plays one run of an agent as one trace, with the names of the OpenTelemetry GenAI semantic conventions: a span of
 * the agent, and below it one for each model call and tool.
 */
export function playRun(tracer: Tracer, workflow: Workflow, { kind, key }: Case, run: Run): void {
  const agent = tracer.startSpan(`invoke_agent ${workflow.agent}`, {
    root: true,
    startTime: run.startedAtMs,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': workflow.agent,
      'gen_ai.workflow.name': workflow.name,
      ...(run.conversationId === null
        ? { [`${kind}.id`]: key }
        : { 'gen_ai.conversation.id': run.conversationId }),
    },
  });
  const inAgent = trace.setSpan(context.active(), agent);
  let nowMs = run.startedAtMs + STEP_GAP_MS;
  for (const step of run.steps) {
    const { name, spanKind, attributes } = step.action === 'chat' ? describeCall(step) : describeTool(step);
    const span = tracer.startSpan(name, { startTime: nowMs, kind: spanKind, attributes }, inAgent);
    if (step.action === 'chat') span.setAttribute('gen_ai.response.id', `resp_${span.spanContext().spanId}`);
    nowMs += durationOf(step);
    endSpan(span, nowMs, step.error);
    nowMs += STEP_GAP_MS;
  }
  endSpan(agent, nowMs, run.error);
}

interface Description {
  readonly name: string;
  readonly spanKind: SpanKind;
  readonly attributes: Attributes;
}

function describeCall(call: ModelCall): Description {
  return {
    name: `chat ${call.model}`,
    spanKind: SpanKind.CLIENT,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': call.provider,
      'gen_ai.request.model': call.model,
      'gen_ai.response.model': call.model,
      'gen_ai.usage.input_tokens': call.inputTokens,
      'gen_ai.usage.output_tokens': call.outputTokens,
      ...(call.cacheReadTokens > 0 ? { 'gen_ai.usage.cache_read.input_tokens': call.cacheReadTokens } : {}),
      ...(call.reasoningTokens > 0 ? { 'gen_ai.usage.reasoning.output_tokens': call.reasoningTokens } : {}),
    },
  };
}

function describeTool({ action, name }: ToolUse): Description {
  return {
    name: `${action} ${name}`,
    spanKind: SpanKind.INTERNAL,
    attributes: {
      'gen_ai.operation.name': action,
      [action === 'retrieval' ? 'gen_ai.data_source.id' : 'gen_ai.tool.name']: name,
    },
  };
}

function endSpan(span: Span, atMs: number, error: string | null): void {
  if (error !== null) {
    span.setAttribute('error.type', error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: error });
  }
  span.end(atMs);
}
