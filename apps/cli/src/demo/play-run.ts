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
export function playRun(tracer: Tracer, workflow: Workflow, { kind, key, team }: Case, run: Run): void {
  const agent = tracer.startSpan(`invoke_agent ${workflow.agent}`, {
    root: true,
    startTime: run.startedAtMs,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': workflow.agent,
      'gen_ai.workflow.name': workflow.name,
      team,
      ...(run.conversationId === null
        ? { [`${kind}.id`]: key }
        : { 'gen_ai.conversation.id': run.conversationId }),
    },
  });
  const inAgent = trace.setSpan(context.active(), agent);
  let nowMs = run.startedAtMs + STEP_GAP_MS;
  for (const [index, step] of run.steps.entries()) {
    const { name, spanKind, attributes } =
      step.action === 'chat' ? describeCall(step, run, index) : describeTool(step, index);
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

function describeCall(call: ModelCall, { steps }: Run, index: number): Description {
  const asked = askedFor(steps, index);
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
      ...(asked.length > 0
        ? { 'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: asked }]) }
        : {}),
    },
  };
}

/** The tools that a call asks for: those that run before the next call, and say what they were called with. */
function askedFor(steps: Run['steps'], index: number): object[] {
  const next = steps.findIndex(({ action }, at) => at > index && action === 'chat');
  return steps.slice(index + 1, next === -1 ? undefined : next).flatMap((step, at) =>
    step.action === 'execute_tool' && step.said !== null
      ? [
          {
            type: 'tool_call',
            id: callIdOf(index + 1 + at),
            name: step.name,
            arguments: step.said.arguments,
          },
        ]
      : [],
  );
}

const callIdOf = (index: number): string => `call_${index}`;

function describeTool({ action, name, said }: ToolUse, index: number): Description {
  return {
    name: `${action} ${name}`,
    spanKind: SpanKind.INTERNAL,
    attributes: {
      'gen_ai.operation.name': action,
      [action === 'retrieval' ? 'gen_ai.data_source.id' : 'gen_ai.tool.name']: name,
      ...(said === null
        ? {}
        : {
            'gen_ai.tool.call.id': callIdOf(index),
            'gen_ai.tool.call.arguments': JSON.stringify(said.arguments),
          }),
      ...(said?.result == null ? {} : { 'gen_ai.tool.call.result': said.result }),
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
