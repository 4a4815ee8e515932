import type { TestService } from './service.ts';

/** A span as a test writes it down: short hex ids are padded, times are seconds after 2026-10-21T00:00:00Z. */
export interface SpanNote {
  readonly trace: string;
  readonly id: string;
  readonly parent?: string;
  readonly name?: string;
  readonly at?: readonly [from: number, to: number];
  readonly isError?: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly events?: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, string | number>>;
  }[];
}

export interface Export {
  readonly service: string;
  readonly scope: string;
  readonly version?: string;
  readonly spans: readonly SpanNote[];
}

const FIRST_SECOND = 1_792_540_800; // 2026-10-21T00:00:00Z

export const traceIdOf = (short: string): string => short.padStart(32, '0');
export const spanIdOf = (short: string): string => short.padStart(16, '0');

/** Sends one export request of OTLP JSON to the real endpoint. @throws where it is not taken whole */
export async function sendSpans(service: TestService, key: string, ...exports: Export[]): Promise<void> {
  const answer = await fetch(`${service.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ resourceSpans: exports.map(toResourceSpans) }),
  });
  const text = await answer.text();
  if (answer.status !== 200 || text.includes('rejected'))
    throw new Error(`the spans were answered with ${answer.status}: ${text}`);
}

function toResourceSpans({ service, scope, version = '1.0', spans }: Export): object {
  return {
    resource: { attributes: [toAttribute(['service.name', service])] },
    scopeSpans: [{ scope: { name: scope, version }, spans: spans.map(toSpan) }],
  };
}

function toSpan({
  trace,
  id,
  parent,
  name = 'span',
  at = [0, 10],
  isError = false,
  attributes,
  events = [],
}: SpanNote): object {
  const ns = (second: number): string =>
    String(BigInt(Math.round((FIRST_SECOND + second) * 1000)) * 1_000_000n);
  return {
    traceId: traceIdOf(trace),
    spanId: spanIdOf(id),
    ...(parent === undefined ? {} : { parentSpanId: spanIdOf(parent) }),
    name,
    kind: 3,
    startTimeUnixNano: ns(at[0]),
    endTimeUnixNano: ns(at[1]),
    ...(isError ? { status: { code: 2 } } : {}),
    attributes: Object.entries(attributes).map(toAttribute),
    ...(events.length === 0
      ? {}
      : {
          events: events.map((event) => ({
            name: event.name,
            timeUnixNano: ns(at[1]),
            attributes: Object.entries(event.attributes).map(toAttribute),
          })),
        }),
  };
}

function toAttribute([key, value]: readonly [string, string | number]): object {
  if (typeof value === 'string') return { key, value: { stringValue: value } };
  return { key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } };
}
