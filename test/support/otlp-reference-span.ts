import type { AttributeValue, Attributes, InstrumentationScope, Resource, Span } from '#model';
import { decodeReference } from './otlp-reference.ts';

type Message = Readonly<Record<string, unknown>>;

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null;
const list = (value: unknown): Message[] => (Array.isArray(value) ? value.filter(isMessage) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const hex = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('hex') : '');

/** An AnyValue of protobufjs as the model has it. */
export function toValue(value: unknown): AttributeValue {
  if (!isMessage(value)) return null;
  if (typeof value['stringValue'] === 'string') return value['stringValue'];
  if (typeof value['boolValue'] === 'boolean') return value['boolValue'];
  if (typeof value['intValue'] === 'string') return BigInt(value['intValue']);
  if (typeof value['doubleValue'] === 'number') return value['doubleValue'];
  if (Buffer.isBuffer(value['bytesValue'])) return new Uint8Array(value['bytesValue']);
  if (isMessage(value['arrayValue'])) return list(value['arrayValue']['values']).map(toValue);
  if (isMessage(value['kvlistValue'])) {
    const entries = list(value['kvlistValue']['values']);
    return Object.fromEntries(entries.map((entry) => [text(entry['key']), toValue(entry['value'])]));
  }
  return null;
}

/** A list of KeyValue of protobufjs as the model has it. */
export function toAttributes(attributes: unknown): Attributes {
  return new Map(list(attributes).map((entry) => [text(entry['key']), toValue(entry['value'])]));
}

/** A span decoded by protobufjs, in the form of the model. */
export function toSpan(bytes: Uint8Array, resource: Resource, scope: InstrumentationScope): Span {
  const span = decodeReference('Span', bytes);
  const status = isMessage(span['status']) ? span['status'] : {};
  const parentSpanId = hex(span['parentSpanId']);
  const traceState = text(span['traceState']);
  return {
    traceId: hex(span['traceId']),
    spanId: hex(span['spanId']),
    parentSpanId: /[^0]/.test(parentSpanId) ? parentSpanId : null,
    ...(traceState === '' ? {} : { traceState }),
    name: text(span['name']),
    kind: number(span['kind']),
    startedAtNs: BigInt(text(span['startTimeUnixNano']) || 0),
    endedAtNs: BigInt(text(span['endTimeUnixNano']) || 0),
    statusCode: number(status['code']),
    statusMessage: text(status['message']),
    attributes: toAttributes(span['attributes']),
    events: list(span['events']).map((event) => ({
      name: text(event['name']),
      timeNs: BigInt(text(event['timeUnixNano']) || 0),
      attributes: toAttributes(event['attributes']),
    })),
    resource,
    scope,
  };
}
