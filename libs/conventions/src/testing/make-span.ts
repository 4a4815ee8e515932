import type { AttributeValue, Span } from '#model';

/** A span as a test writes it down: attributes as plain values (an integer becomes a bigint, as OTLP decodes it). */
export interface SpanNote {
  readonly name?: string;
  readonly id?: string;
  readonly parent?: string;
  readonly trace?: string;
  readonly at?: readonly [startSecond: number, endSecond: number];
  readonly scope?: string;
  readonly scopeVersion?: string;
  readonly service?: string;
  readonly resource?: Readonly<Record<string, unknown>>;
  readonly status?: number;
  readonly traceState?: string;
  readonly events?: readonly string[];
  readonly attributes?: Readonly<Record<string, unknown>>;
}

const SECOND_NS = 1_000_000_000n;
const EPOCH_NS = 1_760_000_000n * SECOND_NS;

/** @returns the span; ids are short hex texts, padded to their length. */
export function makeSpan(note: SpanNote): Span {
  const [start, end] = note.at ?? [0, 10];
  const at = (second: number): bigint => EPOCH_NS + BigInt(Math.round(second * 1000)) * 1_000_000n;
  const resource = { 'service.name': note.service ?? 'agent', ...note.resource };
  return {
    traceId: (note.trace ?? 'a').padStart(32, '0'),
    spanId: (note.id ?? '1').padStart(16, '0'),
    parentSpanId: note.parent === undefined ? null : note.parent.padStart(16, '0'),
    ...(note.traceState === undefined ? {} : { traceState: note.traceState }),
    name: note.name ?? 'span',
    kind: 1,
    startedAtNs: at(start),
    endedAtNs: at(end),
    statusCode: note.status ?? 0,
    statusMessage: '',
    attributes: toAttributes(note.attributes ?? {}),
    events: (note.events ?? []).map((name) => ({ name, timeNs: at(end), attributes: new Map() })),
    resource: { attributes: toAttributes(resource) },
    scope: { name: note.scope ?? '', version: note.scopeVersion ?? '', attributes: new Map() },
  };
}

export function toAttributes(record: Readonly<Record<string, unknown>>): ReadonlyMap<string, AttributeValue> {
  return new Map(Object.entries(record).map(([key, value]) => [key, toAttributeValue(value)]));
}

/** @returns the value as the OTLP decoder would give it. */
export function toAttributeValue(value: unknown): AttributeValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toAttributeValue);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toAttributeValue(item)]));
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint' ? value : null;
}
