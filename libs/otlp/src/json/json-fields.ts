/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A field of an OTLP JSON message does not have the type that protobuf's JSON mapping gives it. */
export class BadJsonField extends Error {
  override readonly name = 'BadJsonField';
  constructor(
    /** camelCase name, with the index where it is in a list. */
    readonly field: string,
    readonly expected: string,
    readonly reason: 'malformed' | 'nesting_too_deep' = 'malformed',
  ) {
    super(`${field} is not ${expected}`);
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A field by its camelCase name or by its name in the .proto file: parsers of protobuf's JSON mapping accept
 * both. null stands for absent.
 */
export function field(object: JsonObject, name: string): unknown {
  return object[name] ?? object[toSnakeCase(name)] ?? null;
}

const snakeCase = new Map<string, string>();

/** `traceId` -> `trace_id` */
export function toSnakeCase(name: string): string {
  let snake = snakeCase.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakeCase.set(name, snake);
  }
  return snake;
}

export function objectField(object: JsonObject, name: string): JsonObject | null {
  const value = field(object, name);
  if (value === null || isJsonObject(value)) return value;
  throw new BadJsonField(name, 'an object');
}

export function listField(object: JsonObject, name: string): readonly unknown[] {
  const value = field(object, name) ?? [];
  if (Array.isArray(value)) return value;
  throw new BadJsonField(name, 'an array');
}

/** Empty where absent. */
export function stringField(object: JsonObject, name: string): string {
  const value = field(object, name) ?? '';
  if (typeof value === 'string') return value;
  throw new BadJsonField(name, 'a string');
}

/** A number or a decimal string; 0 where absent. */
export function uint64Field(object: JsonObject, name: string): bigint {
  const value = toInteger(field(object, name) ?? 0);
  if (value !== null && value >= 0n && value < 1n << 64n) return value;
  throw new BadJsonField(name, 'an unsigned 64-bit integer');
}

export function uint32Field(object: JsonObject, name: string): number {
  const value = toInteger(field(object, name) ?? 0);
  if (value !== null && value >= 0n && value < 1n << 32n) return Number(value);
  throw new BadJsonField(name, 'an unsigned 32-bit integer');
}

/** A number, or a name from `names`; a name of a later version of OTLP reads as 0, the unspecified value. */
export function enumField(object: JsonObject, name: string, names: Readonly<Record<string, number>>): number {
  const value = field(object, name) ?? 0;
  if (typeof value === 'string' && !/^-?\d+$/.test(value)) return names[value] ?? 0;
  const number = toInteger(value);
  if (number === null || number !== BigInt.asIntN(32, number)) throw new BadJsonField(name, 'an enum value');
  return Number(number);
}

/** The integer a JSON number or decimal string stands for (`12`, `"12"`, `12.0`), null when it is none. */
export function toInteger(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null;
  if (typeof value !== 'string' || value.length > 40) return null;
  if (/^-?\d+$/.test(value)) return BigInt(value);
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? BigInt(number) : null;
}
