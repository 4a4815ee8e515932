/** 32 lower-case hex digits, not all zero (W3C trace id). */
export type TraceId = string;
/** 16 lower-case hex digits, not all zero. */
export type SpanId = string;

/**
 * A decoded OTLP AnyValue. Integers are bigint, doubles number; `null` is an AnyValue without a value.
 */
export type AttributeValue =
  | string
  | boolean
  | bigint
  | number
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

export type Attributes = ReadonlyMap<string, AttributeValue>;

/** The instrumented entity; `attributes` holds `service.name` and the like. */
export interface Resource {
  readonly attributes: Attributes;
}

export interface InstrumentationScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
}

export interface SpanEvent {
  readonly name: string;
  readonly timeNs: bigint;
  readonly attributes: Attributes;
}

/** An OpenTelemetry span, decoded whole. Times are OTLP nanoseconds since the epoch. */
export interface Span {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly parentSpanId: SpanId | null;
  /** W3C `tracestate`; absent where the span has none. */
  readonly traceState?: string;
  readonly name: string;
  /** OTLP SpanKind: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly startedAtNs: bigint;
  readonly endedAtNs: bigint;
  /** OTLP StatusCode: 0 unset, 1 ok, 2 error. */
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
}

/** An OpenTelemetry log record, decoded whole, with the ids that were given to it where it has none. */
export interface LogRecord {
  /** Its own, or derived from its content. */
  readonly traceId: TraceId;
  /** Derived from its content: OTLP gives a record no id. */
  readonly recordId: SpanId;
  /** The span it was made in. */
  readonly spanId: SpanId | null;
  /** When it happened, else when it was observed; nanoseconds since the epoch. */
  readonly timeNs: bigint;
  /** `event_name`; empty where it is absent. */
  readonly eventName: string;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
}
