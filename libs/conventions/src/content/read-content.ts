import type { AttributeValue, LogRecord, Span, StepKind } from '#model';
import { bodyPlace, contentRule, eventContentRule, isContentBody } from './content-rules.ts';
import type { ContentClass, ContentPlace } from './content-rules.ts';
import { CUT } from './cut-content.ts';

/** Everything of one class that one span or log record holds. */
export interface StepContent {
  readonly part: ContentClass;
  /**
   * `application/json` or `text/plain` of one attribute, byte for byte as received; where several attributes hold the
   * part, a JSON object of them by name.
   */
  readonly mediaType: 'application/json' | 'text/plain';
  readonly text: string;
  /** Where it stood: attribute keys, `<event>[<n>].<key>` for events, `body` for a log record. In received order. */
  readonly sources: readonly string[];
}

/**
 * The content of a span, whatever dialect it is in, in at most one part of each class. What was cut before is no
 * content.
 *
 * @param kind of the step the span is: it decides what plain input and output are
 * @param log the record the span was made of, where it was one
 * @returns parts by class name; empty where content was not captured. Equal spans give equal parts
 */
export function readContent(span: Span, kind: StepKind, log: LogRecord | null = null): StepContent[] {
  const found = new Map<ContentClass, [source: string, value: AttributeValue][]>();
  const take = (place: ContentPlace, source: string, value: AttributeValue) => {
    if (value === null || value === '' || value === CUT) return;
    const part = classOf(place, kind);
    const entries = found.get(part);
    if (entries === undefined) found.set(part, [[source, value]]);
    else entries.push([source, value]);
  };
  for (const [key, value] of span.attributes) {
    const rule = log === null ? contentRule(key) : eventContentRule(span.name, key);
    if (rule !== null) take(rule.place, key, value);
  }
  for (const [index, event] of span.events.entries()) {
    for (const [key, value] of event.attributes) {
      const rule = eventContentRule(event.name, key);
      if (rule !== null) take(rule.place, `${event.name}[${index}].${key}`, value);
    }
  }
  if (span.statusMessage !== '') take('other', 'status.message', span.statusMessage);
  if (log !== null && isContentBody(span.name, log.body)) take(bodyPlace(span.name), 'body', log.body);
  return [...found].map(([part, entries]) => toContent(part, entries)).sort(byPart);
}

function classOf(place: ContentPlace, kind: StepKind): ContentClass {
  if (place === 'io.input') return kind === 'tool_call' ? 'tool.arguments' : 'input.messages';
  if (place !== 'io.output') return place;
  if (kind === 'tool_call') return 'tool.result';
  return kind === 'retrieval' || kind === 'rerank' ? 'documents' : 'output.messages';
}

const byPart = (a: StepContent, b: StepContent): number => (a.part < b.part ? -1 : 1);

function toContent(part: ContentClass, entries: readonly (readonly [string, AttributeValue])[]): StepContent {
  const sources = entries.map(([source]) => source);
  const [first] = entries;
  if (entries.length === 1 && typeof first![1] === 'string') {
    const text = first![1];
    return { part, mediaType: isJson(text) ? 'application/json' : 'text/plain', text, sources };
  }
  const value =
    entries.length === 1
      ? plain(first![1])
      : Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
  return { part, mediaType: 'application/json', text: JSON.stringify(value), sources };
}

const isJson = (text: string): boolean => /^\s*[[{]/.test(text);

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** As JSON has it: bytes as base64, integers beyond 2^53 as text. */
function plain(value: AttributeValue): Plain {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
