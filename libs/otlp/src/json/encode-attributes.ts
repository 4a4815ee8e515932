import type { ProtoWriter } from '../proto-writer.ts';
import { BadJsonField, field, isJsonObject, listField, toInteger, toSnakeCase } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * Writes a list of attributes as field `number`. A value that does not fit the type it is declared with
 * (`{"intValue": "many"}`), or that is no AnyValue at all, is written as a string holding its JSON text: it
 * fails no span, and what reads it as a number later sees that it is none. `null` (what JSON makes of NaN)
 * is an AnyValue without a value.
 * @throws BadJsonField when it is no list, or a value is nested deeper than `maxDepth`
 */
export function encodeAttributes(
  writer: ProtoWriter,
  number: number,
  object: JsonObject,
  maxDepth: number,
): void {
  for (const entry of listField(object, 'attributes')) encodeKeyValue(writer, number, entry, maxDepth);
}

function encodeKeyValue(writer: ProtoWriter, number: number, entry: unknown, depthLeft: number): void {
  const start = writer.begin(number);
  const key = isJsonObject(entry) ? (field(entry, 'key') ?? '') : '';
  const value = isJsonObject(entry) ? field(entry, 'value') : entry;
  if (key !== '') writer.string(1, toText(key));
  if (value !== null) encodeValue(writer, 2, value, depthLeft);
  writer.end(start);
}

/** Writes one AnyValue as field `number`, by the rules of `encodeAttributes`. @throws BadJsonField likewise */
export function encodeValue(writer: ProtoWriter, number: number, value: unknown, depthLeft: number): void {
  if (depthLeft < 1) throw new BadJsonField('attributes', 'within the limit on nesting', 'nesting_too_deep');
  const start = writer.begin(number);
  if (!isJsonObject(value)) writer.string(1, toText(value));
  else encodeMember(writer, value, depthLeft);
  writer.end(start);
}

/** Writes the one member that is set, the first where there are more; none where all are null or unknown. */
function encodeMember(writer: ProtoWriter, value: JsonObject, depthLeft: number): void {
  for (const name of Object.keys(value)) {
    const member = MEMBER_BY_NAME.get(name);
    const content = value[name];
    if (member === undefined || content === null) continue;
    if (!member.write(writer, content, depthLeft)) writer.string(1, toText(content));
    return;
  }
}

interface Member {
  readonly name: string;
  /** Writes the member; false, with nothing written, when the content does not fit it. */
  readonly write: (writer: ProtoWriter, content: unknown, depthLeft: number) => boolean;
}

/** The members of AnyValue, by their field numbers. */
const MEMBERS: readonly Member[] = [
  {
    name: 'stringValue',
    write: (writer, content) => {
      if (typeof content !== 'string') return false;
      writer.string(1, content);
      return true;
    },
  },
  {
    name: 'boolValue',
    write: (writer, content) => {
      if (typeof content !== 'boolean') return false;
      writer.varint(2, content ? 1 : 0);
      return true;
    },
  },
  {
    name: 'intValue',
    write: (writer, content) => {
      const value = toInteger(content);
      if (value === null || value !== BigInt.asIntN(64, value)) return false;
      writer.varint(3, value);
      return true;
    },
  },
  {
    name: 'doubleValue',
    write: (writer, content) => {
      const value = toDouble(content);
      if (value === null) return false;
      writer.double(4, value);
      return true;
    },
  },
  { name: 'arrayValue', write: (writer, content, depthLeft) => encodeList(writer, 5, content, depthLeft) },
  { name: 'kvlistValue', write: (writer, content, depthLeft) => encodeList(writer, 6, content, depthLeft) },
  {
    name: 'bytesValue',
    write: (writer, content) => {
      if (typeof content !== 'string' || !BASE64.test(content)) return false;
      writer.bytes(7, Buffer.from(content, 'base64'));
      return true;
    },
  },
];

/** By both of the names that protobuf's JSON mapping accepts. */
const MEMBER_BY_NAME = new Map(
  MEMBERS.flatMap((member) => [
    [member.name, member],
    [toSnakeCase(member.name), member],
  ]),
);

/** ArrayValue (5) or KeyValueList (6): both hold `values`. */
function encodeList(writer: ProtoWriter, number: 5 | 6, content: unknown, depthLeft: number): boolean {
  if (!isJsonObject(content)) return false;
  const values = field(content, 'values') ?? [];
  if (!Array.isArray(values)) return false;
  const start = writer.begin(number);
  for (const value of values) {
    if (number === 6) encodeKeyValue(writer, 1, value, depthLeft - 1);
    else encodeValue(writer, 1, value ?? {}, depthLeft - 1);
  }
  writer.end(start);
  return true;
}

/** @returns the number a JSON number or its text stands for, NaN and infinities too; null when it is none */
export function toDouble(content: unknown): number | null {
  if (typeof content === 'number') return content;
  if (typeof content !== 'string') return null;
  if (content === 'NaN' || content === 'Infinity' || content === '-Infinity') return Number(content);
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(content) ? Number(content) : null;
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch {
    // The stack of JSON.stringify is the only limit that parsed JSON can exceed.
    throw new BadJsonField('attributes', 'within the limit on nesting', 'nesting_too_deep');
  }
}
