import type { Step } from '#model';
import { compare } from '../fold/compare.ts';
import { textOf, type ContentFact, type ContentFacts } from '../reading/content-fact.ts';
import { parseDocuments } from '../reading/parse-documents.ts';
import { parseMessages, type Message } from '../reading/parse-messages.ts';
import { readDefinitions } from './read-definitions.ts';
import { EqualTexts } from './equal-texts.ts';
import { RetrievedTexts, type RetrievedText } from './retrieved-texts.ts';
import type { PromptKind, PromptPart, StepReading, TraceReading, UseLevel } from './trace-reading.ts';
import { useOfParts } from './used-parts.ts';

/**
 * Reads what the rules of waste need out of the content of a trace: sizes, which texts are equal, what was used. Pure;
 * the same content gives the same reading, in whatever order the steps are given.
 *
 * @param steps of the trace; mirrors are left out
 */
export function readTraceContent(steps: readonly Step[], contents: ContentFacts): TraceReading {
  const texts = new EqualTexts();
  const read: Record<string, StepReading> = {};
  const inOrder = steps
    .filter(({ role }) => role !== 'mirror')
    .sort((a, b) => compare(a.startedAtNs, b.startedAtNs) || compare(a.spanId, b.spanId));
  const documents = new RetrievedTexts(texts);
  for (const step of inOrder) {
    const parts = contents.of(step.traceId, step.spanId);
    const reading = readStep(step, parts, texts, documents);
    if (Object.keys(reading).length > 0) read[step.spanId] = reading;
  }
  return { v: 1, steps: read };
}

function readStep(
  { kind }: Step,
  parts: readonly ContentFact[],
  texts: EqualTexts,
  documents: RetrievedTexts,
): StepReading {
  if (kind === 'tool_call') return readTool(parts, texts);
  if (kind === 'retrieval') {
    const found = textOf(parts, 'documents');
    if (found === null) return {};
    const read = parseDocuments(found).map(({ text }) => {
      const { same, bytes } = documents.add(text);
      return { same, bytes };
    });
    return { documents: read };
  }
  return kind === 'model_call' ? readCall(parts, texts, documents) : {};
}

function readTool(parts: readonly ContentFact[], texts: EqualTexts): StepReading {
  const given = textOf(parts, 'tool.arguments');
  const result = textOf(parts, 'tool.result');
  return {
    ...(given === null ? {} : { arguments: { same: texts.numberOf(given), fields: fieldsOf(given, texts) } }),
    ...(result === null
      ? {}
      : { result: { same: texts.numberOf(result), bytes: Buffer.byteLength(result) } }),
  };
}

const MOST_FIELDS = 64;

function fieldsOf(text: string, texts: EqualTexts): Record<string, number> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_FIELDS)
      .map(([name, item]) => [name, texts.numberOf(JSON.stringify(item))]),
  );
}

type Draft = Omit<PromptPart, 'use' | 'same' | 'bytes' | 'documents'> & {
  readonly text: string;
  readonly documents?: readonly RetrievedText[];
};

function readCall(parts: readonly ContentFact[], texts: EqualTexts, documents: RetrievedTexts): StepReading {
  const input = textOf(parts, 'input.messages');
  const output = textOf(parts, 'output.messages');
  const said = output === null ? null : parseMessages(output);
  const written = said === null ? null : said.map(writtenIn).join('\n');
  const drafts = input === null ? null : promptOf(parts, input, documents);
  // Where it is not known what was written, nothing can be called unused.
  const useOf = (read: readonly string[]): UseLevel[] =>
    written === null
      ? read.map(() => 1)
      : useOfParts(
          read.map((text) => texts.comparable(text)),
          texts.comparable(written),
          written,
        );
  return {
    ...(drafts === null ? {} : { prompt: toParts(drafts, texts, useOf) }),
    ...(said === null
      ? {}
      : {
          output: {
            same: texts.numberOf(written!),
            bytes: Buffer.byteLength(written!),
            calls: said.flatMap(({ calls }) =>
              calls.map(({ id, name, arguments: given }) => ({ id, name, same: texts.numberOf(given) })),
            ),
          },
        }),
  };
}

function toParts(
  drafts: readonly Draft[],
  texts: EqualTexts,
  useOf: (read: readonly string[]) => UseLevel[],
): PromptPart[] {
  const use = useOf(drafts.map(({ text }) => text));
  return drafts.map(({ text, documents, ...part }, index) => ({
    ...part,
    same: texts.numberOf(text),
    bytes: Buffer.byteLength(text),
    use: use[index]!,
    ...(documents === undefined
      ? {}
      : {
          documents: documents.map((document) => ({
            same: document.same,
            bytes: document.bytes,
            use: useOf([document.text])[0]!,
          })),
        }),
  }));
}

const writtenIn = ({ text, calls }: Message): string =>
  [text, ...calls.map((call) => call.arguments)].join('\n');

/** In the order in which prompts are put together: system, tools, messages. */
function promptOf(parts: readonly ContentFact[], input: string, documents: RetrievedTexts): Draft[] {
  const system = textOf(parts, 'system');
  const definitions = textOf(parts, 'tool.definitions');
  return [
    ...(system === null ? [] : [{ kind: 'system' as const, text: system }]),
    ...(definitions === null
      ? []
      : readDefinitions(definitions).map(({ name, text }) => ({
          kind: 'tools' as const,
          text,
          ...(name === null ? {} : { tool: name }),
        }))),
    ...parseMessages(input).map((message): Draft => {
      const kind = kindOf(message);
      const text = message.calls.length === 0 ? message.text : writtenIn(message);
      const quoted = kind === 'assistant' ? [] : documents.quotedIn(text);
      return {
        kind,
        text,
        ...(message.answers === null ? {} : { answers: message.answers }),
        ...(quoted.length === 0 ? {} : { documents: quoted }),
      };
    }),
  ];
}

function kindOf({ role, answers }: Message): PromptKind {
  if (answers !== null || role === 'tool' || role === 'function') return 'tool';
  if (role === 'system' || role === 'developer') return 'system';
  return role === 'assistant' || role === 'model' ? 'assistant' : 'user';
}
