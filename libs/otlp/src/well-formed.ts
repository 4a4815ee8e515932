import type { RejectionReason } from './rejection.ts';
import type { WireReader } from './wire-reader.ts';

/** What may be inside a message: by field number, the message a length-delimited field holds. */
export interface Shape {
  readonly messages: Readonly<Record<number, Shape | undefined>>;
  /** Field number of its list of attributes; 0 where it has none. */
  readonly attributes: number;
  /** Entering it is one level deeper for the limit on nesting. */
  readonly isValue: boolean;
}

export interface ShapeLimits {
  /** Levels of attribute values: a plain value is 1, a list of plain values 2. */
  readonly maxDepth: number;
  /** Attributes on one span, event, link, resource or scope. */
  readonly maxAttributes: number;
}

// Field numbers from opentelemetry-proto v1: common.proto, resource.proto, trace.proto.
const anyValueMessages: Record<number, Shape> = {};
export const ANY_VALUE: Shape = { messages: anyValueMessages, attributes: 0, isValue: true };
export const KEY_VALUE: Shape = { messages: { 2: ANY_VALUE }, attributes: 0, isValue: false };
const ARRAY_VALUE: Shape = { messages: { 1: ANY_VALUE }, attributes: 0, isValue: false };
const KEY_VALUE_LIST: Shape = { messages: { 1: KEY_VALUE }, attributes: 0, isValue: false };
anyValueMessages[5] = ARRAY_VALUE;
anyValueMessages[6] = KEY_VALUE_LIST;
export const SPAN_EVENT: Shape = { messages: { 3: KEY_VALUE }, attributes: 3, isValue: false };
export const SPAN_LINK: Shape = { messages: { 4: KEY_VALUE }, attributes: 4, isValue: false };
export const SPAN_STATUS: Shape = { messages: {}, attributes: 0, isValue: false };
const RESOURCE: Shape = { messages: { 1: KEY_VALUE }, attributes: 1, isValue: false };
const SCOPE: Shape = { messages: { 3: KEY_VALUE }, attributes: 3, isValue: false };
/** ResourceSpans and ScopeSpans without what they contain: how a resource and a scope are stored. */
export const RESOURCE_PART: Shape = { messages: { 1: RESOURCE }, attributes: 0, isValue: false };
export const SCOPE_PART: Shape = { messages: { 1: SCOPE }, attributes: 0, isValue: false };

/**
 * Walks the message from the reader's position to `end`, and all messages in it, without decoding a value.
 * Afterwards the decoder can rely on the structure. Recursion is bounded by `limits.maxDepth`.
 * @returns null when it is well-formed and within the limits
 */
export function checkMessage(
  reader: WireReader,
  end: number,
  shape: Shape,
  limits: ShapeLimits,
  depth = 0,
): RejectionReason | null {
  let attributes = 0;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag < 0) return 'malformed';
    const number = tag >>> 3;
    const inner = (tag & 7) === 2 ? shape.messages[number] : undefined;
    if (inner === undefined) {
      if (!reader.skip(tag, end)) return 'malformed';
      continue;
    }
    if (number === shape.attributes && ++attributes > limits.maxAttributes) return 'too_many_attributes';
    const innerDepth = inner.isValue ? depth + 1 : depth;
    if (innerDepth > limits.maxDepth) return 'nesting_too_deep';
    const size = reader.size(end);
    if (size < 0) return 'malformed';
    const reason = checkMessage(reader, reader.at + size, inner, limits, innerDepth);
    if (reason !== null) return reason;
  }
  return null;
}
