import { RejectedInput } from '#model';
import { tooMany } from '../envelope.ts';
import { ProtoWriter } from '../proto-writer.ts';
import { encodeAttributes } from './encode-attributes.ts';
import { BROKEN_OFF, encodeId, encodeNested } from './encode-fields.ts';
import { quoteLongIntegers } from './exact-integers.ts';
import {
  BadJsonField,
  isJsonObject,
  listField,
  objectField,
  stringField,
  toSnakeCase,
  uint32Field,
} from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';

/** Give the same as to `readTraces` and `readLogs`. */
export interface JsonLimits {
  readonly maxSpans: number;
  readonly maxDepth: number;
}

/** The names of a signal's levels in JSON, and how one of its items is written. */
export interface JsonSignal {
  readonly resources: string;
  readonly scopes: string;
  readonly items: string;
  readonly encodeFields: (writer: ProtoWriter, item: JsonObject, maxDepth: number) => void;
  /** Field numbers of what is kept of an item that cannot be written; null where nothing is. */
  readonly kept: { readonly traceId: number; readonly spanId: number; readonly attributes: number } | null;
}

/** Re-encodes an export request of any signal; see `encodeTracesFromJson`. */
export function encodeRequestFromJson(body: Buffer | string, limits: JsonLimits, signal: JsonSignal): Buffer {
  const request = parse(typeof body === 'string' ? body : body.toString('utf8'));
  if (!isJsonObject(request)) throw new RejectedInput('invalid', 'the body is no JSON object', '');
  return new RequestEncoder(limits, signal, body.length).encode(request);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(quoteLongIntegers(text));
  } catch (error) {
    // Only where: the message of the parser quotes the body, which may hold what nobody should log.
    const where = /position \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    throw new RejectedInput(
      'invalid',
      `the body is not JSON${where === undefined ? '' : ` at ${where}`}`,
      '',
    );
  }
}

class RequestEncoder {
  private readonly writer: ProtoWriter;
  private itemCount = 0;

  constructor(
    private readonly limits: JsonLimits,
    private readonly signal: JsonSignal,
    bodyLength: number,
  ) {
    this.writer = new ProtoWriter(bodyLength);
  }

  encode(request: JsonObject): Buffer {
    const { resources, scopes } = this.signal;
    this.each(request, resources, '', (group, path) => {
      const start = this.writer.begin(1);
      this.at(path, () => this.resource(group));
      this.each(group, scopes, path, (scopeItems, path) => this.scopeItems(scopeItems, path));
      this.at(path, () => this.schemaUrl(group));
      this.writer.end(start);
    });
    return this.writer.finish();
  }

  private resource(group: JsonObject): void {
    const resource = objectField(group, 'resource');
    if (resource === null) return;
    this.part(() => {
      encodeAttributes(this.writer, 1, resource, this.limits.maxDepth);
      this.count(2, resource);
    });
  }

  private scopeItems(scopeItems: JsonObject, path: string): void {
    const start = this.writer.begin(2);
    const { items } = this.signal;
    this.at(path, () => {
      this.scope(scopeItems);
      for (const item of listField(scopeItems, items)) {
        this.itemCount += 1;
        if (this.itemCount > this.limits.maxSpans) throw tooMany(this.limits.maxSpans, toSnakeCase(items));
        this.item(item);
      }
      this.schemaUrl(scopeItems);
    });
    this.writer.end(start);
  }

  /**
   * Always writes one: where the JSON is no such item, the bytes written are such that the reader refuses them for the
   * same reason, so that the item is counted, keeps its position and fails no other. An id that is no hex is left out.
   */
  private item(item: unknown): void {
    const { writer, signal } = this;
    const { maxDepth } = this.limits;
    const start = writer.begin(2);
    try {
      if (!isJsonObject(item)) throw new BadJsonField(signal.items, 'an object');
      signal.encodeFields(writer, item, maxDepth);
    } catch (error) {
      if (!(error instanceof BadJsonField)) throw error;
      writer.undo(start);
      const { kept } = signal;
      if (kept !== null && isJsonObject(item)) {
        encodeId(writer, kept.traceId, item, 'traceId');
        encodeId(writer, kept.spanId, item, 'spanId');
      }
      if (kept !== null && error.reason === 'nesting_too_deep')
        encodeNested(writer, kept.attributes, maxDepth + 1);
      writer.raw(BROKEN_OFF);
    }
    writer.end(start);
  }

  private scope(scopeItems: JsonObject): void {
    const scope = objectField(scopeItems, 'scope');
    if (scope === null) return;
    this.part(() => {
      const name = stringField(scope, 'name');
      if (name !== '') this.writer.string(1, name);
      const version = stringField(scope, 'version');
      if (version !== '') this.writer.string(2, version);
      encodeAttributes(this.writer, 3, scope, this.limits.maxDepth);
      this.count(4, scope);
    });
  }

  /** A resource or scope. Where it is nested too deep it is broken off, and its items alone are rejected. */
  private part(encode: () => void): void {
    const start = this.writer.begin(1);
    try {
      encode();
    } catch (error) {
      if (!(error instanceof BadJsonField) || error.reason !== 'nesting_too_deep') throw error;
      this.writer.undo(start);
      this.writer.raw(BROKEN_OFF);
    }
    this.writer.end(start);
  }

  private count(number: number, object: JsonObject): void {
    const dropped = uint32Field(object, 'droppedAttributesCount');
    if (dropped !== 0) this.writer.varint(number, dropped);
  }

  private schemaUrl(object: JsonObject): void {
    const url = stringField(object, 'schemaUrl');
    if (url !== '') this.writer.string(3, url);
  }

  private each(
    object: JsonObject,
    name: string,
    path: string,
    encode: (entry: JsonObject, path: string) => void,
  ): void {
    const entries = this.at(path, () => listField(object, name));
    for (const [index, entry] of entries.entries()) {
      const entryPath = `${path === '' ? '' : `${path}.`}${name}[${index}]`;
      if (!isJsonObject(entry))
        throw new RejectedInput('invalid', `${entryPath} is not an object`, entryPath);
      encode(entry, entryPath);
    }
  }

  /** Turns a bad field of the envelope into the refusal of the request, with its whole path. */
  private at<T>(path: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof BadJsonField)) throw error;
      const field = path === '' ? error.field : `${path}.${error.field}`;
      throw new RejectedInput('invalid', `${field} is not ${error.expected}`, field);
    }
  }
}
