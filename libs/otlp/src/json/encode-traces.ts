import { RejectedInput } from '#model';
import { ProtoWriter } from '../proto-writer.ts';
import { encodeAttributes } from './encode-attributes.ts';
import { BROKEN_OFF, encodeSpan } from './encode-span.ts';
import { quoteLongIntegers } from './exact-integers.ts';
import {
  BadJsonField,
  isJsonObject,
  listField,
  objectField,
  stringField,
  uint32Field,
} from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';

/** Give the same as to `readTraces`. */
export interface JsonLimits {
  readonly maxSpans: number;
  readonly maxDepth: number;
}

/**
 * Re-encodes an OTLP JSON ExportTraceServiceRequest as protobuf, fields in number order: the bytes that are
 * then read, stored and hashed like any other request. Follows protobuf's JSON mapping with OTLP's changes
 * (ids in hex, names in camelCase or as in the .proto file, enums as number or name, 64-bit integers as
 * strings or numbers, each exact) and ignores unknown fields.
 *
 * A span that cannot be encoded stays in its place as bytes that `readTraces` rejects. An attribute value of
 * the wrong type becomes a string of its JSON text (see `encodeAttributes`).
 *
 * @param body UTF-8 JSON
 * @throws RejectedInput `invalid` when the body is no such request, naming the field; `too_large` when it has
 *   more than `maxSpans` spans
 */
export function encodeTracesFromJson(body: Buffer | string, limits: JsonLimits): Buffer {
  const request = parse(typeof body === 'string' ? body : body.toString('utf8'));
  if (!isJsonObject(request)) throw new RejectedInput('invalid', 'the body is no JSON object', '');
  return new RequestEncoder(limits, body.length).encode(request);
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
  private spanCount = 0;

  constructor(
    private readonly limits: JsonLimits,
    bodyLength: number,
  ) {
    this.writer = new ProtoWriter(bodyLength);
  }

  encode(request: JsonObject): Buffer {
    this.each(request, 'resourceSpans', '', (resourceSpans, path) => {
      const start = this.writer.begin(1);
      this.at(path, () => this.resource(resourceSpans));
      this.each(resourceSpans, 'scopeSpans', path, (scopeSpans, path) => this.scopeSpans(scopeSpans, path));
      this.at(path, () => this.schemaUrl(resourceSpans));
      this.writer.end(start);
    });
    return this.writer.finish();
  }

  private resource(resourceSpans: JsonObject): void {
    const resource = objectField(resourceSpans, 'resource');
    if (resource === null) return;
    this.part(() => {
      encodeAttributes(this.writer, 1, resource, this.limits.maxDepth);
      this.count(2, resource);
    });
  }

  private scopeSpans(scopeSpans: JsonObject, path: string): void {
    const start = this.writer.begin(2);
    this.at(path, () => {
      this.scope(scopeSpans);
      for (const span of listField(scopeSpans, 'spans')) {
        this.spanCount += 1;
        if (this.spanCount > this.limits.maxSpans)
          throw new RejectedInput('too_large', `the request has more than ${this.limits.maxSpans} spans`);
        encodeSpan(this.writer, 2, span, this.limits.maxDepth);
      }
      this.schemaUrl(scopeSpans);
    });
    this.writer.end(start);
  }

  private scope(scopeSpans: JsonObject): void {
    const scope = objectField(scopeSpans, 'scope');
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

  /** A resource or scope. Where it is nested too deep it is broken off, and its spans alone are rejected. */
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
