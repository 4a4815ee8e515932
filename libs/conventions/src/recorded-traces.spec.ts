import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Span } from '#model';
import { arbitrate } from './arbitrate.ts';
import { readWithAndWithoutContent } from './testing/cut-span.ts';
import { describeStep, readTrace } from './testing/describe-step.ts';
import { makeSpan, toAttributes } from './testing/make-span.ts';
import { sideTotals } from './usage-sums.ts';

const FOLDER = '../shared/data/otel';
const recorded = existsSync(FOLDER) ? describe : describe.skip;
if (!existsSync(FOLDER)) console.warn(`skipped: ${FOLDER} is not there, no recorded trace is read`);

interface Observation {
  readonly id: string;
  readonly parentObservationId: string | null;
  readonly type: string;
  readonly name: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly model: string | null;
  readonly usageDetails: Readonly<Record<string, number>>;
  readonly metadata: {
    readonly attributes?: Readonly<Record<string, unknown>>;
    readonly resourceAttributes?: Readonly<Record<string, unknown>>;
    readonly scope: { readonly name: string; readonly version?: string };
  };
}

const toNs = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;

/**
 * The span an observation was made from. What Langfuse's own SDK sent, the recorder moved out of the attributes: it is
 * put back. Usage of other emitters is not, because there the recorder has counted by itself where they sent none.
 */
function toSpan(traceId: string, observation: Observation): Span {
  const { metadata, usageDetails } = observation;
  const own =
    metadata.scope.name === 'langfuse-sdk'
      ? {
          'langfuse.observation.type': observation.type.toLowerCase(),
          ...(observation.model ? { 'langfuse.observation.model.name': observation.model } : {}),
          ...(Object.keys(usageDetails).length > 0
            ? { 'langfuse.observation.usage_details': JSON.stringify(usageDetails) }
            : {}),
        }
      : {};
  return {
    ...makeSpan({}),
    traceId,
    spanId: observation.id,
    parentSpanId: observation.parentObservationId,
    name: observation.name,
    startedAtNs: toNs(observation.startTime),
    endedAtNs: toNs(observation.endTime),
    attributes: toAttributes({ ...metadata.attributes, ...own }),
    resource: { attributes: toAttributes(metadata.resourceAttributes ?? {}) },
    scope: { name: metadata.scope.name, version: metadata.scope.version ?? '', attributes: new Map() },
  };
}

function readRecorded(file: string): Span[] {
  const path = `${FOLDER}/framework-traces/${file}`;
  const { observations }: { observations: readonly Observation[] } = JSON.parse(readFileSync(path, 'utf8'));
  return observations.map((observation) => toSpan('e'.repeat(32), observation));
}

/** Read off the payloads by hand: what each provider call of the trace used, [input, output], in order. */
const EXPECTED: readonly (readonly [
  file: string,
  calls: readonly (readonly [input: bigint, output: bigint] | null)[],
])[] = [
  // The OpenInference spans around the calls carry no counts; the recorder's 542/235 and 1568/423 are its own guesses.
  // `usage` in their responses: prompt 163, completion 20; prompt 663, completion 225.
  [
    'agno-2025-06-11.json',
    [
      [163n, 20n],
      [663n, 225n],
    ],
  ],
  // usage_metadata of the two responses: prompt 28, candidates 3; prompt 39, candidates 6.
  [
    'google-adk-2025-08-28.json',
    [
      [28n, 3n],
      [39n, 6n],
    ],
  ],
  // No token count anywhere in the trace: both calls are unknown, not zero.
  ['koog-2025-08-26.json', [null, null]],
  // usage_metadata of the two messages: 60/15 and 108/51.
  [
    'langgraph-2025-08-22.json',
    [
      [60n, 15n],
      [108n, 51n],
    ],
  ],
  // One run with two steps; its usage 631/35 stands on the last step and once more on the agent.
  ['microsoft-agent-2025-10-14.json', [[631n, 35n]]],
  // usage of the two responses: 55/15 and 85/29.
  [
    'openai-agents-2025-09-30.json',
    [
      [55n, 15n],
      [85n, 29n],
    ],
  ],
  // Four chats; the three agent runs repeat them (682/126, 502/14, 131/69).
  [
    'pydantic-ai-tools-2025-12-04.json',
    [
      [265n, 73n],
      [417n, 53n],
      [502n, 14n],
      [131n, 69n],
    ],
  ],
];

recorded('recorded framework traces', () => {
  test.each(EXPECTED)('%s: every provider call once', (file, calls) => {
    const { steps, untraced } = arbitrate(readRecorded(file).map(readWithAndWithoutContent), []);
    const leaves = steps.filter((step) => step.role === 'leaf');
    const billed = leaves.map(({ usage }) => {
      if (usage === null) return null;
      const { input, output } = sideTotals(usage.tokens);
      return [input, output];
    });
    expect({ billed, untraced }).toEqual({ billed: calls, untraced: null });
  });

  test.each(EXPECTED)('%s: the same in reverse, repeated', (file) => {
    const drafts = readRecorded(file).map(readWithAndWithoutContent);
    expect(arbitrate([...drafts, ...drafts].reverse(), [])).toEqual(arbitrate(drafts, []));
  });

  test('agno: the guesses of a second emitter around the calls change nothing', () => {
    const spans = readRecorded('agno-2025-06-11.json').map((span) =>
      span.name === 'OpenAIChat.invoke'
        ? {
            ...span,
            attributes: new Map([
              ...span.attributes,
              ['llm.token_count.prompt', 1568n] as const,
              ['llm.token_count.completion', 423n] as const,
            ]),
          }
        : span,
    );
    const { steps } = arbitrate(spans.map(readWithAndWithoutContent), []);
    const billed = steps.filter((step) => step.role === 'leaf').map((step) => step.usage!.tokens);
    expect(billed).toEqual([
      { in_uncached: 163n, out_text: 20n },
      { in_uncached: 663n, out_text: 225n },
    ]);
  });
});

interface VercelSpan {
  readonly name: string;
  readonly spanContext: { readonly spanId: string };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly startTime: readonly [number, number];
  readonly endTime: readonly [number, number];
}

recorded('recorded Vercel AI SDK spans', () => {
  /** The recorder gave each span a trace of its own: root and call are put back together by their function. */
  function readVercel(): Map<string, Span[]> {
    const file = `${FOLDER}/openinference/openinference-vercel__v6-spans_all-spans.json`;
    const notes: readonly VercelSpan[] = JSON.parse(readFileSync(file, 'utf8'));
    const roots = new Map<string, string>();
    const functionOf = (note: VercelSpan): string => String(note.attributes['resource.name']);
    for (const note of notes)
      if (!/\.do[A-Z]/.test(note.name)) roots.set(functionOf(note), note.spanContext.spanId);
    const traces = new Map<string, Span[]>();
    for (const note of notes) {
      const isRoot = roots.get(functionOf(note)) === note.spanContext.spanId;
      const at = ([seconds, nanos]: readonly [number, number]): bigint =>
        BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
      const span: Span = {
        ...makeSpan({ scope: 'ai', name: note.name }),
        spanId: note.spanContext.spanId,
        parentSpanId: isRoot ? null : roots.get(functionOf(note))!,
        startedAtNs: at(note.startTime),
        endedAtNs: at(note.endTime),
        attributes: toAttributes(note.attributes),
      };
      traces.set(functionOf(note), [...(traces.get(functionOf(note)) ?? []), span]);
    }
    return traces;
  }

  test.each([
    ['test-generate-text', 'agent', 'model_call', 'in 14, out 20'],
    ['test-generate-text-messages', 'agent', 'model_call', 'in 50, out 9'],
    ['test-generate-object', 'workflow', 'model_call', 'in 63, out 156'],
    ['test-stream-text', 'agent', 'model_call', 'in 15, out 112'],
    ['test-embed', 'workflow', 'embedding', 'in 10'],
  ])('%s', (name, root, kind, used) => {
    const { steps } = arbitrate(readVercel().get(name)!.map(readWithAndWithoutContent), []);
    const rootState = kind === 'embedding' ? 'partial' : 'reported';
    expect(new Set(steps.map(describeStep))).toEqual(
      new Set([
        `${root} container(total_of_leaves) | ${used} | ${rootState} inclusive A1.2`,
        `${kind} leaf(only_witness) | ${used} | reported inclusive A1.2`,
      ]),
    );
  });

  test('root and call in different traces are one call by their response id', () => {
    const spans = readVercel().get('test-generate-text')!;
    const drafts = spans.map((span, index) => [
      readWithAndWithoutContent({ ...span, traceId: String(index).padStart(32, '1'), parentSpanId: null }),
    ]);
    const others = drafts.flatMap((trace) => arbitrate(trace, []).candidates);
    const roles = drafts.flatMap((trace) =>
      arbitrate(trace, others).steps.map((step) => `${step.name} ${step.role}`),
    );
    expect(roles.sort()).toEqual(['ai.generateText mirror', 'ai.generateText.doGenerate leaf']);
  });
});

recorded('recorded attribute sets', () => {
  const LLM = 'model_call leaf(only_witness) | in 97, out 52 | reported inclusive A1.2';
  test.each([
    ['openinference_client_span_input_output_only', LLM],
    ['openinference_client_span_tool_calls', LLM],
    ['otel_genai_client_span_tool_calls', LLM],
    ['otel_genai_deprecated_client_span_tool_calls', LLM],
    ['otel_genai_tool_execution_span', 'tool_call none(not_billable) | ∅ | missing'],
  ])('%s', (name, expected) => {
    const file = `${FOLDER}/openinference/openinference-genai__${name}.json`;
    const attributes: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
    expect(readTrace([{ attributes }]).map(describeStep)).toEqual([expected]);
  });
});
