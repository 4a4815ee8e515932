import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { arbitrate } from './arbitrate.ts';
import { readWithAndWithoutContent } from './testing/cut-span.ts';
import { makeSpan, toAttributes } from './testing/make-span.ts';
import { sideTotals } from './usage-sums.ts';

const FOLDER = '../shared/data/otel';
const recorded = existsSync(FOLDER) ? describe : describe.skip;
if (!existsSync(FOLDER)) console.warn(`skipped: ${FOLDER} is not there, no recorded file is read`);

const VERCEL = 'openinference/openinference-vercel__v6-spans_';
const IN_TRACES_SPEC = 'read in recorded-traces.spec.ts';

/** Every file of the folder, and what reads it or why nothing does. */
const FILES: Readonly<Record<string, string>> = {
  'framework-traces/LICENSE': 'not a recording',
  'framework-traces/agno-2025-06-11.json': IN_TRACES_SPEC,
  'framework-traces/google-adk-2025-08-28.json': IN_TRACES_SPEC,
  'framework-traces/koog-2025-08-26.json': IN_TRACES_SPEC,
  'framework-traces/langgraph-2025-08-22.json': IN_TRACES_SPEC,
  'framework-traces/microsoft-agent-2025-10-14.json': IN_TRACES_SPEC,
  'framework-traces/openai-agents-2025-09-30.json': IN_TRACES_SPEC,
  'framework-traces/pydantic-ai-tools-2025-12-04.json': IN_TRACES_SPEC,
  'openinference/LICENSE': 'not a recording',
  'openinference/openinference-genai__openinference_client_span_input_output_only.json': IN_TRACES_SPEC,
  'openinference/openinference-genai__openinference_client_span_tool_calls.json': IN_TRACES_SPEC,
  'openinference/openinference-genai__otel_genai_client_span_tool_calls.json': IN_TRACES_SPEC,
  'openinference/openinference-genai__otel_genai_deprecated_client_span_tool_calls.json': IN_TRACES_SPEC,
  'openinference/openinference-genai__otel_genai_tool_execution_span.json': IN_TRACES_SPEC,
  [`${VERCEL}ai-embed-doEmbed.json`]: 'read here',
  [`${VERCEL}ai-embed.json`]: 'read here',
  [`${VERCEL}ai-generateObject-doGenerate.json`]: 'read here',
  [`${VERCEL}ai-generateObject.json`]: 'read here',
  [`${VERCEL}ai-generateText-doGenerate.json`]: 'read here',
  [`${VERCEL}ai-generateText.json`]: 'read here',
  [`${VERCEL}ai-streamText-doStream.json`]: 'read here',
  [`${VERCEL}ai-streamText.json`]: 'read here',
  [`${VERCEL}all-spans.json`]: IN_TRACES_SPEC,
  [`${VERCEL}capture-results.json`]: 'a list of the attribute names of the others: holds no span',
  [`${VERCEL}spans-by-operation.json`]: 'read here',
};

interface RecordedSpan {
  readonly name: string;
  readonly spanContext: { readonly spanId: string };
  readonly attributes: Readonly<Record<string, unknown>>;
}

const readText = (file: string): string => readFileSync(`${FOLDER}/${VERCEL}${file}.json`, 'utf8');

function read(file: string): RecordedSpan[] {
  return JSON.parse(readText(file));
}

function readGroups(file: string): Record<string, RecordedSpan[]> {
  return JSON.parse(readText(file));
}

/** What each span alone would be billed as: "role input/output". */
function billOf(span: RecordedSpan): string {
  const note = makeSpan({ scope: 'ai', name: span.name });
  const { steps } = arbitrate(
    [readWithAndWithoutContent({ ...note, attributes: toAttributes(span.attributes) })],
    [],
  );
  const { role, usage } = steps[0]!;
  const { input, output } = sideTotals(usage!.tokens);
  return `${role} ${input}/${output}`;
}

/**
 * Counted in the payloads by hand: `ai.usage.promptTokens`/`completionTokens`, `inputTokens`/`outputTokens` or `tokens`
 * of each span, in the order of the file. A root alone is the only carrier of its calls, so it is billed; together with
 * its call it is not (recorded-traces.spec.ts).
 */
const BY_OPERATION: readonly (readonly [file: string, bills: readonly string[]])[] = [
  ['ai-embed-doEmbed', ['leaf 10/0']],
  ['ai-embed', ['leaf 10/0']],
  ['ai-generateObject-doGenerate', ['leaf 63/156']],
  ['ai-generateObject', ['leaf 63/156']],
  ['ai-generateText-doGenerate', ['leaf 14/20', 'leaf 50/9']],
  ['ai-generateText', ['leaf 14/20', 'leaf 50/9']],
  ['ai-streamText-doStream', ['leaf 15/112']],
  ['ai-streamText', ['leaf 15/112']],
];

recorded('recorded files', () => {
  test('every file is read, or is left out for a reason', () => {
    const files = ['framework-traces', 'openinference'].flatMap((folder) =>
      readdirSync(`${FOLDER}/${folder}`).map((file) => `${folder}/${file}`),
    );
    expect(files.sort()).toEqual(Object.keys(FILES).sort());
  });

  test.each(BY_OPERATION)('%s', (file, bills) => {
    const spans: readonly RecordedSpan[] = read(file);
    expect(spans.map(billOf)).toEqual(bills);
  });

  test('the files by operation hold the ten spans of all-spans, each once', () => {
    const byId = (spans: readonly RecordedSpan[]): RecordedSpan[] =>
      spans.toSorted((left, right) => (left.spanContext.spanId < right.spanContext.spanId ? -1 : 1));
    const all = byId(read('all-spans'));
    const single = byId(BY_OPERATION.flatMap(([file]) => read(file)));
    const grouped = byId(Object.values(readGroups('spans-by-operation')).flat());
    expect({ count: all.length, single, grouped }).toEqual({ count: 10, single: all, grouped: all });
  });
});
