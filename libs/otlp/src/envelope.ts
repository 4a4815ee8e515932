import { RejectedInput } from '#model';
import { WireReader } from './wire-reader.ts';

/** Consecutive items (spans, log records) of one scope, and what they hang under. */
export interface PlannedScope {
  /** Where its items lie in the body: their starts and ends by turns. */
  readonly bounds: readonly number[];
  /** Stored form of the scope (see `PartRanges.toBytes`). */
  readonly scope: Buffer;
  readonly group: { readonly resource: Buffer };
}

const LIST = 0x0a; // ExportTraceServiceRequest.resource_spans
const PART = 0x0a; // ResourceSpans.resource, ScopeSpans.scope
const ITEM = 0x12; // ResourceSpans.scope_spans, ScopeSpans.spans
const SCHEMA_URL = 0x1a;

/** What the levels of an export request are called; their field numbers are the same for every signal. */
export interface EnvelopeNames {
  readonly request: string;
  readonly resources: string;
  readonly scopes: string;
  readonly items: string;
}

export const TRACE_ENVELOPE: EnvelopeNames = {
  request: 'ExportTraceServiceRequest',
  resources: 'resource_spans',
  scopes: 'scope_spans',
  items: 'spans',
};
export const LOGS_ENVELOPE: EnvelopeNames = {
  request: 'ExportLogsServiceRequest',
  resources: 'resource_logs',
  scopes: 'scope_logs',
  items: 'log_records',
};
export const METRICS_ENVELOPE: EnvelopeNames = {
  request: 'ExportMetricsServiceRequest',
  resources: 'resource_metrics',
  scopes: 'scope_metrics',
  items: 'metrics',
};

/**
 * Walks an export request down to its spans, log records or metrics, without looking into them. This comes first
 * because protobuf lets a resource or a scope follow the items that it applies to, and because afterwards nothing
 * can be wrong but single items.
 * @returns the scopes in wire order, those without items left out
 * @throws RejectedInput `invalid` when it is malformed, `too_large` when it has more than `maxItems` items
 */
export function planRequest(
  body: Buffer,
  maxItems: number,
  names: EnvelopeNames = TRACE_ENVELOPE,
): PlannedScope[] {
  return new EnvelopeReader(body, maxItems, names).plan();
}

class EnvelopeReader {
  private readonly reader = new WireReader();
  private readonly resource = new PartRanges();
  private readonly scope = new PartRanges();
  private readonly planned: PlannedScope[] = [];
  private itemCount = 0;

  constructor(
    private readonly body: Buffer,
    private readonly maxItems: number,
    private readonly names: EnvelopeNames,
  ) {
    this.reader.bytes = body;
  }

  plan(): PlannedScope[] {
    const end = this.body.length;
    const { request, resources } = this.names;
    while (this.reader.at < end) {
      const tag = this.tag(end, request);
      if (tag === LIST) this.resourceItems(this.contentEnd(end, resources));
      else this.skip(tag, end, request);
    }
    return this.planned;
  }

  private resourceItems(end: number): void {
    const { reader, resource } = this;
    const { resources, scopes } = this.names;
    resource.clear();
    let group: { resource: Buffer } | null = null;
    while (reader.at < end) {
      const tag = this.tag(end, resources);
      if (tag === ITEM) {
        const bounds = this.scopeItems(this.contentEnd(end, scopes));
        if (bounds.length === 0) continue;
        group ??= { resource: this.body };
        this.planned.push({ bounds, scope: this.scope.toBytes(this.body), group });
      } else this.partField(tag, end, resource, resources);
    }
    if (group !== null) group.resource = resource.toBytes(this.body);
  }

  /** @returns the bounds of its items */
  private scopeItems(end: number): readonly number[] {
    const { reader, scope } = this;
    const { scopes, items } = this.names;
    scope.clear();
    const bounds: number[] = [];
    while (reader.at < end) {
      const tag = this.tag(end, scopes);
      if (tag === ITEM) {
        const itemEnd = this.contentEnd(end, items);
        this.itemCount += 1;
        if (this.itemCount > this.maxItems) throw tooMany(this.maxItems, items);
        bounds.push(reader.at, itemEnd);
        reader.at = itemEnd;
      } else this.partField(tag, end, scope, scopes);
    }
    return bounds;
  }

  private partField(tag: number, end: number, part: PartRanges, where: string): void {
    if (tag !== PART && tag !== SCHEMA_URL) {
      this.skip(tag, end, where);
      return;
    }
    const contentEnd = this.contentEnd(end, where);
    if (tag === PART) part.addContent(this.reader.at, contentEnd);
    else part.setSchemaUrl(this.reader.at, contentEnd);
    this.reader.at = contentEnd;
  }

  private tag(end: number, where: string): number {
    const tag = this.reader.tag(end);
    if (tag < 0) throw this.malformed(where);
    return tag;
  }

  private contentEnd(end: number, where: string): number {
    const size = this.reader.size(end);
    if (size < 0) throw this.malformed(where);
    return this.reader.at + size;
  }

  private skip(tag: number, end: number, where: string): void {
    if (!this.reader.skip(tag, end)) throw this.malformed(where);
  }

  private malformed(where: string): RejectedInput {
    return new RejectedInput('invalid', `malformed protobuf in ${where} at byte ${this.reader.at}`, where);
  }
}

export function tooMany(maxItems: number, items: string): RejectedInput {
  return new RejectedInput(
    'too_large',
    `the request has more than ${maxItems} ${items.replaceAll('_', ' ')}`,
  );
}

/** Where the content of a resource or scope and its schema URL lie in the body. */
class PartRanges {
  private readonly ranges: number[] = [];
  private urlStart = 0;
  private urlEnd = 0;

  clear(): void {
    this.ranges.length = 0;
    this.urlStart = 0;
    this.urlEnd = 0;
  }

  addContent(start: number, end: number): void {
    this.ranges.push(start, end);
  }

  setSchemaUrl(start: number, end: number): void {
    this.urlStart = start;
    this.urlEnd = end;
  }

  /**
   * The form in which a resource or scope is stored and hashed: a ResourceSpans or ScopeSpans message with
   * field 1 (always, even where empty), and field 3 where a schema URL is given, and nothing else. A field 1
   * that was sent in several pieces is joined, which is how protobuf defines merging them.
   */
  toBytes(body: Buffer): Buffer {
    const pieces: Buffer[] = [];
    let size = 0;
    for (let index = 0; index < this.ranges.length; index += 2) {
      const piece = body.subarray(this.ranges[index], this.ranges[index + 1]);
      size += piece.length;
      pieces.push(piece);
    }
    const url = body.subarray(this.urlStart, this.urlEnd);
    const before = Buffer.from([PART, ...varint(size)]);
    if (url.length === 0) return Buffer.concat([before, ...pieces]);
    return Buffer.concat([before, ...pieces, Buffer.from([SCHEMA_URL, ...varint(url.length)]), url]);
  }
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}
