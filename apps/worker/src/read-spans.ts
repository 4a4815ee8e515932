import { spanOfLog } from '#conventions';
import { decodeLogRecord, decodeResource, decodeScope, decodeSpan } from '#otlp';
import type { InstrumentationScope, LogRecord, Resource, Span, TraceId } from '#model';
import { readOrigins, readTraceSpans, type Client, type Database, type StoredSpan } from '#store';

/** A stored span or log record with its decoded form. */
export interface ReceivedSpan {
  readonly stored: StoredSpan;
  /** A log record as the span that it tells of. */
  readonly span: Span;
  /** null for a span. */
  readonly log: LogRecord | null;
}

const MAX_ORIGINS = 10_000;

/** Decodes stored spans; resources and scopes repeat, so each is decoded once. */
export class SpanReader {
  private readonly resources = new Map<string, Resource>();
  private readonly scopes = new Map<string, InstrumentationScope>();

  /** @returns the spans of each trace, in stored order; a trace without spans has no entry */
  async read(
    db: Database | Client,
    tenantId: bigint,
    traceIds: readonly TraceId[],
  ): Promise<Map<TraceId, ReceivedSpan[]>> {
    const stored = await readTraceSpans(db, tenantId, traceIds);
    await this.learn(db, tenantId, stored);
    const byTrace = new Map<TraceId, ReceivedSpan[]>();
    for (const row of stored) {
      const resource = this.resources.get(`${tenantId}/${row.resourceId}`);
      const scope = this.scopes.get(`${tenantId}/${row.scopeId}`);
      if (resource === undefined || scope === undefined) {
        throw new Error(`span ${row.traceId}/${row.spanId} has lost its resource or scope`);
      }
      const received = decode(row, resource, scope);
      const list = byTrace.get(row.traceId);
      if (list === undefined) byTrace.set(row.traceId, [received]);
      else list.push(received);
    }
    return byTrace;
  }

  /** Forgets resources and scopes: they were changed by an erasure. */
  forget(): void {
    this.resources.clear();
    this.scopes.clear();
  }

  private async learn(db: Database | Client, tenantId: bigint, stored: readonly StoredSpan[]): Promise<void> {
    if (this.resources.size > MAX_ORIGINS) this.resources.clear();
    if (this.scopes.size > MAX_ORIGINS) this.scopes.clear();
    const missing = (known: ReadonlyMap<string, unknown>, id: (span: StoredSpan) => string): string[] => [
      ...new Set(stored.map(id).filter((each) => !known.has(`${tenantId}/${each}`))),
    ];
    const resourceIds = missing(this.resources, (span) => span.resourceId);
    const scopeIds = missing(this.scopes, (span) => span.scopeId);
    if (resourceIds.length === 0 && scopeIds.length === 0) return;
    const origins = await readOrigins(db, tenantId, resourceIds, scopeIds);
    for (const [id, bytes] of origins.resources)
      this.resources.set(`${tenantId}/${id}`, decodeResource(bytes));
    for (const [id, bytes] of origins.scopes) this.scopes.set(`${tenantId}/${id}`, decodeScope(bytes));
  }
}

function decode(stored: StoredSpan, resource: Resource, scope: InstrumentationScope): ReceivedSpan {
  const { bytes, traceId, spanId, parentSpanId } = stored;
  if (!stored.isLog) return { stored, span: decodeSpan(bytes, resource, scope), log: null };
  const log = decodeLogRecord(bytes, { traceId, recordId: spanId, parentSpanId }, resource, scope);
  return { stored, span: spanOfLog(log), log };
}
