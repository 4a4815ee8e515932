import { RejectedInput } from '#model';
import { WireReader } from './wire-reader.ts';

/** Consecutive spans of one ScopeSpans, and what they hang under. */
export interface PlannedScope {
  /** Where its spans lie in the body: their starts and ends by turns. */
  readonly bounds: readonly number[];
  /** Stored form of the scope (see `PartRanges.toBytes`). */
  readonly scope: Buffer;
  readonly group: { readonly resource: Buffer };
}

const LIST = 0x0a; // ExportTraceServiceRequest.resource_spans
const PART = 0x0a; // ResourceSpans.resource, ScopeSpans.scope
const ITEM = 0x12; // ResourceSpans.scope_spans, ScopeSpans.spans
const SCHEMA_URL = 0x1a;

/**
 * Walks an ExportTraceServiceRequest down to its spans, without looking into them. This comes first because
 * protobuf lets a resource or a scope follow the spans that it applies to, and because afterwards nothing can
 * be wrong but single spans.
 * @returns the ScopeSpans in wire order, those without spans left out
 * @throws RejectedInput `invalid` when it is malformed, `too_large` when it has more than `maxSpans` spans
 */
export function planRequest(body: Buffer, maxSpans: number): PlannedScope[] {
  return new EnvelopeReader(body, maxSpans).plan();
}

class EnvelopeReader {
  private readonly reader = new WireReader();
  private readonly resource = new PartRanges();
  private readonly scope = new PartRanges();
  private readonly planned: PlannedScope[] = [];
  private spanCount = 0;

  constructor(
    private readonly body: Buffer,
    private readonly maxSpans: number,
  ) {
    this.reader.bytes = body;
  }

  plan(): PlannedScope[] {
    const end = this.body.length;
    while (this.reader.at < end) {
      const tag = this.tag(end, 'ExportTraceServiceRequest');
      if (tag === LIST) this.resourceSpans(this.contentEnd(end, 'resource_spans'));
      else this.skip(tag, end, 'ExportTraceServiceRequest');
    }
    return this.planned;
  }

  private resourceSpans(end: number): void {
    const { reader, resource } = this;
    resource.clear();
    let group: { resource: Buffer } | null = null;
    while (reader.at < end) {
      const tag = this.tag(end, 'resource_spans');
      if (tag === ITEM) {
        const bounds = this.scopeSpans(this.contentEnd(end, 'scope_spans'));
        if (bounds.length === 0) continue;
        group ??= { resource: this.body };
        this.planned.push({ bounds, scope: this.scope.toBytes(this.body), group });
      } else this.partField(tag, end, resource, 'resource_spans');
    }
    if (group !== null) group.resource = resource.toBytes(this.body);
  }

  /** @returns the bounds of its spans */
  private scopeSpans(end: number): readonly number[] {
    const { reader, scope } = this;
    scope.clear();
    const bounds: number[] = [];
    while (reader.at < end) {
      const tag = this.tag(end, 'scope_spans');
      if (tag === ITEM) {
        const spanEnd = this.contentEnd(end, 'spans');
        this.spanCount += 1;
        if (this.spanCount > this.maxSpans)
          throw new RejectedInput('too_large', `the request has more than ${this.maxSpans} spans`);
        bounds.push(reader.at, spanEnd);
        reader.at = spanEnd;
      } else this.partField(tag, end, scope, 'scope_spans');
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
