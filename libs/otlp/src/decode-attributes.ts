import { RejectedInput } from '#model';
import type { AttributeValue } from '#model';
import type { MessageReader } from './message-reader.ts';

/** Deeper values are refused on receipt; this bounds the stack for bytes that came another way. */
const MAX_DEPTH = 256;

/** A value that a later piece of the same AnyValue may continue. */
export type MutableValue = AttributeValue | AttributeValue[] | Record<string, AttributeValue>;

/** Takes a KeyValue and puts it into `attributes`; a key that comes again replaces what it had. */
export function decodeAttribute(reader: MessageReader, attributes: Map<string, AttributeValue>): void {
  decodeKeyValue(reader, 0, (key, value) => attributes.set(key, value));
}

/** Takes an AnyValue that stands by itself; pieces of one that is repeated are merged as protobuf has it. */
export function decodeAnyValue(reader: MessageReader, before: MutableValue): MutableValue {
  return decodeValue(reader, before, 1);
}

function decodeKeyValue(
  reader: MessageReader,
  depth: number,
  put: (key: string, value: AttributeValue) => void,
): void {
  let key = '';
  let value: MutableValue = null;
  reader.nested((tag) => {
    if (tag === 0x0a) key = reader.string();
    else if (tag === 0x12) value = decodeValue(reader, value, depth + 1);
    else reader.skip(tag);
  });
  put(key, value);
}

/**
 * Takes an AnyValue. `value` is what an earlier piece of the same AnyValue gave: protobuf merges pieces, so a
 * list is continued by a list and everything else is replaced.
 */
function decodeValue(reader: MessageReader, before: MutableValue, depth: number): MutableValue {
  if (depth > MAX_DEPTH)
    throw new RejectedInput('invalid', `an attribute is nested deeper than ${MAX_DEPTH}`);
  let value = before;
  reader.nested((tag) => {
    switch (tag) {
      case 0x0a:
        value = reader.string();
        break;
      case 0x10:
        value = reader.bool();
        break;
      case 0x18:
        value = reader.int64();
        break;
      case 0x21:
        value = reader.double();
        break;
      case 0x2a:
        value = decodeArray(reader, value, depth);
        break;
      case 0x32:
        value = decodeKeyValueList(reader, value, depth);
        break;
      case 0x3a:
        value = reader.bytes();
        break;
      default:
        reader.skip(tag);
    }
  });
  return value;
}

function decodeArray(reader: MessageReader, before: MutableValue, depth: number): AttributeValue[] {
  const values: AttributeValue[] = Array.isArray(before) ? before : [];
  reader.nested((tag) => {
    if (tag === 0x0a) values.push(decodeValue(reader, null, depth + 1));
    else reader.skip(tag);
  });
  return values;
}

/** Without a prototype, so that a key named `__proto__` is a key like any other. */
function decodeKeyValueList(
  reader: MessageReader,
  before: MutableValue,
  depth: number,
): Record<string, AttributeValue> {
  const values: Record<string, AttributeValue> = isRecord(before) ? before : Object.create(null);
  reader.nested((tag) => {
    if (tag !== 0x0a) reader.skip(tag);
    else decodeKeyValue(reader, depth, (key, value) => void (values[key] = value));
  });
  return values;
}

function isRecord(value: MutableValue): value is Record<string, AttributeValue> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
