import type { AttributeValue } from '#model';
import type { ProtoWriter } from './proto-writer.ts';

/** Writes a decoded value as the AnyValue it was decoded from (opentelemetry-proto common.proto). */
export function writeAnyValue(writer: ProtoWriter, field: number, value: AttributeValue): void {
  const start = writer.begin(field);
  writeVariant(writer, value);
  writer.end(start);
}

function writeVariant(writer: ProtoWriter, value: AttributeValue): void {
  switch (typeof value) {
    case 'string':
      return writer.string(1, value);
    case 'boolean':
      return writer.varint(2, value ? 1 : 0);
    case 'bigint':
      return writer.varint(3, value);
    case 'number':
      return writer.double(4, value);
    default:
      if (value !== null) writeComposite(writer, value);
  }
}

function writeComposite(
  writer: ProtoWriter,
  value: Uint8Array | readonly AttributeValue[] | { readonly [key: string]: AttributeValue },
): void {
  if (value instanceof Uint8Array) return writer.bytes(7, value);
  const isList = isArray(value);
  const start = writer.begin(isList ? 5 : 6);
  if (isList) for (const item of value) writeAnyValue(writer, 1, item);
  else
    for (const [key, item] of Object.entries(value)) {
      const pair = writer.begin(1);
      writer.string(1, key);
      writeAnyValue(writer, 2, item);
      writer.end(pair);
    }
  writer.end(start);
}

const isArray = (
  value: readonly AttributeValue[] | { readonly [key: string]: AttributeValue },
): value is readonly AttributeValue[] => Array.isArray(value);
