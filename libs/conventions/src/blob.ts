import type { AttributeValue } from '#model';

/**
 * Structured values inside attributes: a map as it came, JSON text, or the text of a Python literal
 * (LangSmith and LiteLLM write `str(dict)`). Bounded in size, depth and number of values; never throws.
 */

export type Blob = null | boolean | string | bigint | number | Blob[] | BlobMap;
/** Without a prototype, so that a key `__proto__` is a key like any other. */
export interface BlobMap {
  [key: string]: Blob;
}

const BLOB_LENGTH_MAX = 1 << 20;
const BLOB_DEPTH_MAX = 24;
const BLOB_VALUES_MAX = 20_000;

/** @returns the map found in the value, or null where there is none that can be read. */
export function toBlobMap(value: AttributeValue | undefined): BlobMap | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return asMap(parseBlob(value));
  if (typeof value !== 'object' || value instanceof Uint8Array || Array.isArray(value)) return null;
  return asMap(fromValue(value, { left: BLOB_VALUES_MAX }, 0));
}

/** @returns the value as a map, or null. */
export function asMap(value: Blob | undefined): BlobMap | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

/** @returns what stands at the path of keys, or undefined. */
export function at(map: BlobMap | null, ...path: readonly string[]): Blob | undefined {
  let value: Blob | undefined = map ?? undefined;
  for (const key of path) value = asMap(value)?.[key];
  return value;
}

/** @returns the value of a JSON or Python-literal text, or undefined where it is neither or exceeds a bound. */
export function parseBlob(text: string): Blob | undefined {
  if (text.length > BLOB_LENGTH_MAX) return undefined;
  try {
    return new LiteralReader(text).readWhole();
  } catch (error) {
    if (error instanceof UnreadableBlob) return undefined;
    throw error;
  }
}

/** @returns a plain JavaScript value (of `JSON.parse`, say) as a blob; what cannot be one is null. */
export function toBlob(value: unknown): Blob {
  return fromValue(value, { left: BLOB_VALUES_MAX }, 0);
}

function fromValue(value: unknown, budget: { left: number }, depth: number): Blob {
  if (depth > BLOB_DEPTH_MAX || --budget.left < 0) return null;
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
    case 'number':
      return value;
    case 'object':
      break;
    default:
      return null;
  }
  if (value === null || value instanceof Uint8Array) return null;
  if (Array.isArray(value))
    return value.slice(0, BLOB_VALUES_MAX).map((item) => fromValue(item, budget, depth + 1));
  const map = emptyMap();
  for (const [key, item] of Object.entries(value)) map[key] = fromValue(item, budget, depth + 1);
  return map;
}

/** A map without a prototype: neither `__proto__` nor `toString` is more than a key in it. */
function emptyMap(): BlobMap {
  return { __proto__: null };
}

class UnreadableBlob extends Error {}

const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_][A-Za-z0-9_.]*/y;
const SPACE = /[ \t\r\n]*/y;
const WORDS: ReadonlyMap<string, Blob> = new Map<string, Blob>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
  ['NaN', null],
  ['nan', null],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
  ['0', '\0'],
]);

/**
 * One reader for both languages: JSON is read as it is, and where Python differs (single quotes, True/None, tuples,
 * trailing commas, `Name(a=1)` of an object's repr) that is taken too. Integers keep all their digits.
 */
class LiteralReader {
  private readonly text: string;
  private position = 0;
  private valuesLeft = BLOB_VALUES_MAX;

  constructor(text: string) {
    this.text = text;
  }

  readWhole(): Blob {
    const value = this.readValue(0);
    this.skipSpace();
    if (this.position !== this.text.length) throw new UnreadableBlob();
    return value;
  }

  private readValue(depth: number): Blob {
    if (depth > BLOB_DEPTH_MAX || --this.valuesLeft < 0) throw new UnreadableBlob();
    this.skipSpace();
    const first = this.text[this.position];
    if (first === '{') return this.readMap('}', ':', depth);
    if (first === '[') return this.readList(']', depth);
    if (first === '(') return this.readList(')', depth);
    if (first === '"' || first === "'") return this.readText(first);
    if (first === undefined) throw new UnreadableBlob();
    if (first === '-' || first === '.' || (first >= '0' && first <= '9')) return this.readNumber();
    return this.readWord(depth);
  }

  private readWord(depth: number): Blob {
    const word = this.match(WORD);
    const value = WORDS.get(word);
    if (value !== undefined) return value;
    if (this.text[this.position] !== '(') throw new UnreadableBlob();
    return this.readMap(')', '=', depth);
  }

  private readNumber(): Blob {
    const text = this.match(NUMBER);
    return /^-?\d+$/.test(text) && text.length <= 40 ? BigInt(text) : Number(text);
  }

  private readText(quote: string): string {
    let result = '';
    for (this.position++; ; this.position++) {
      const character = this.text[this.position];
      if (character === undefined) throw new UnreadableBlob();
      if (character === quote) break;
      result += character === '\\' ? this.readEscape() : character;
    }
    this.position++;
    return result;
  }

  private readEscape(): string {
    const escape = this.text[++this.position];
    if (escape === undefined) throw new UnreadableBlob();
    const length = escape === 'u' ? 4 : escape === 'x' ? 2 : escape === 'U' ? 8 : 0;
    if (length === 0) return ESCAPES.get(escape) ?? escape;
    const hex = this.text.slice(this.position + 1, this.position + 1 + length);
    const point = /^[0-9a-fA-F]+$/.test(hex) && hex.length === length ? parseInt(hex, 16) : -1;
    if (point < 0 || point > 0x10ffff) throw new UnreadableBlob();
    this.position += length;
    return length === 8 ? String.fromCodePoint(point) : String.fromCharCode(point);
  }

  private readList(close: string, depth: number): Blob[] {
    const list: Blob[] = [];
    this.position++;
    while (!this.takes(close)) {
      list.push(this.readValue(depth + 1));
      if (!this.takes(',') && !this.sees(close)) throw new UnreadableBlob();
    }
    return list;
  }

  private readMap(close: string, separator: string, depth: number): BlobMap {
    const map = emptyMap();
    this.position++;
    while (!this.takes(close)) {
      const key = separator === '=' ? this.match(WORD) : this.readValue(depth + 1);
      if (typeof key === 'object' || !this.takes(separator)) throw new UnreadableBlob();
      map[String(key)] = this.readValue(depth + 1);
      if (!this.takes(',') && !this.sees(close)) throw new UnreadableBlob();
    }
    return map;
  }

  private skipSpace(): void {
    SPACE.lastIndex = this.position;
    SPACE.test(this.text);
    this.position = SPACE.lastIndex;
  }

  private sees(character: string): boolean {
    this.skipSpace();
    return this.text[this.position] === character;
  }

  private takes(character: string): boolean {
    if (!this.sees(character)) return false;
    this.position++;
    return true;
  }

  private match(pattern: RegExp): string {
    this.skipSpace();
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text);
    if (!found) throw new UnreadableBlob();
    this.position = pattern.lastIndex;
    return found[0];
  }
}
