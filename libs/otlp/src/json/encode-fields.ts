import type { ProtoWriter } from '../proto-writer.ts';
import { field, stringField, uint32Field, uint64Field } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';

/** A tag without content: `readTraces` refuses what ends so. */
export const BROKEN_OFF = Buffer.from([0x0a]);

/** OTLP JSON writes ids in hex, not in base64 as other bytes. @returns false when it is given and is no hex */
export function encodeId(writer: ProtoWriter, number: number, object: JsonObject, name: string): boolean {
  const id = field(object, name) ?? '';
  if (id === '') return true;
  if (typeof id !== 'string' || !/^(?:[0-9a-fA-F]{2})+$/.test(id)) return false;
  writer.bytes(number, Buffer.from(id, 'hex'));
  return true;
}

export function encodeString(writer: ProtoWriter, number: number, object: JsonObject, name: string): void {
  const text = stringField(object, name);
  if (text !== '') writer.string(number, text);
}

export function encodeNumber(writer: ProtoWriter, number: number, value: number): void {
  if (value !== 0) writer.varint(number, value);
}

export function encodeTime(writer: ProtoWriter, number: number, object: JsonObject, name: string): void {
  const time = uint64Field(object, name);
  if (time !== 0n) writer.fixed64(number, time);
}

export function encodeFlags(writer: ProtoWriter, number: number, object: JsonObject): void {
  const flags = uint32Field(object, 'flags');
  if (flags !== 0) writer.fixed32(number, flags);
}

/** An attribute, as field `number`, whose value is a list in a list, `depth` levels in all. */
export function encodeNested(writer: ProtoWriter, number: number, depth: number): void {
  const starts = [writer.begin(number), writer.begin(2)];
  for (let level = 1; level < depth; level += 1) starts.push(writer.begin(5), writer.begin(1));
  for (const start of starts.reverse()) writer.end(start);
}
