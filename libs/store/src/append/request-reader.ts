import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { GrowingBuffer, PartCache, readLogs, readTraces, type ReadResult, type RecordHashes } from '#otlp';
import type { Batch } from './batch.ts';
import { uuidText } from './content-id.ts';
import { addTraces, type SpanGroup } from './span-group.ts';

/** What a request and its items may be. */
export interface ReadSettings {
  readonly maxSpansPerRequest: number;
  readonly maxSpanBytes: number;
  readonly maxNameBytes: number;
  readonly maxAttributes: number;
  readonly maxDepth: number;
  readonly spanMaxAgeDays: number;
}

/** One export request in protobuf, and who sent it. */
export type SpansRequest =
  RequestOf<'traces'> | (RequestOf<'logs'> & { readonly recordHashes: RecordHashes });

interface RequestOf<Signal> {
  readonly signal: Signal;
  readonly tenantId: bigint;
  readonly keyId: string;
  readonly isBootstrap: boolean;
  /** Version of the policy by which content was taken out of the body; absent where nothing was to be. */
  readonly redaction?: string;
  /** An ExportTraceServiceRequest or ExportLogsServiceRequest; not kept after the call. */
  readonly body: Buffer;
}

const HOUR_NS = 3_600_000_000_000n;

/** Reads requests one after the other, each straight into the COPY buffer of a group. */
export class RequestReader {
  private readonly parts = new PartCache((bytes) =>
    createHash('sha256').update(bytes).digest().subarray(0, 16),
  );
  private readonly slices = new GrowingBuffer(1 << 20);

  constructor(
    private readonly settings: ReadSettings,
    private readonly nowMs: () => number,
  ) {}

  /**
   * Appends the rows of a request to the group, with what they say of their traces and days.
   *
   * @returns the batch as it is recorded, what was read, and the bytes of all items as they were received, framed; these
   *   stand until the next call
   * @throws RejectedInput when the body is no export request or has too many items: the group is as it was
   */
  read(
    request: SpansRequest,
    group: SpanGroup,
  ): { readonly batch: Batch; readonly read: ReadResult; readonly slices: Buffer } {
    const id = uuidv7(undefined, Buffer.alloc(16));
    const read = this.readRows(request, id, group);
    const slices = this.slices.contents();
    const salt = randomBytes(32);
    const batch: Batch = {
      tenantId: request.tenantId,
      batchId: uuidText(id),
      signal: request.signal,
      keyId: request.keyId,
      isBootstrap: request.isBootstrap,
      redaction: request.redaction ?? null,
      receivedAtUs: BigInt(this.nowMs()) * 1_000n,
      salt,
      digest: createHash('sha256').update(salt).update(slices).digest(),
      received: read.received,
      rejected: read.rejected.count,
    };
    addTraces(group.traces, batch.tenantId, batch.receivedAtUs, read.traces);
    for (const day of read.days) group.days.add(day);
    return { batch, read, slices };
  }

  private readRows(request: SpansRequest, id: Buffer, group: SpanGroup): ReadResult {
    const { settings } = this;
    const nowNs = BigInt(this.nowMs()) * 1_000_000n;
    this.slices.reset();
    const context = {
      tenantId: request.tenantId,
      batchId: id,
      earliestStartNs: nowNs - BigInt(settings.spanMaxAgeDays) * 24n * HOUR_NS,
      latestStartNs: nowNs + 24n * HOUR_NS,
      maxSpans: settings.maxSpansPerRequest,
      maxSpanBytes: settings.maxSpanBytes,
      maxNameBytes: settings.maxNameBytes,
      maxAttributes: settings.maxAttributes,
      maxDepth: settings.maxDepth,
      parts: this.parts,
      slices: this.slices,
    };
    if (request.signal === 'traces') return readTraces(request.body, context, group.rows);
    const { recordHashes } = request;
    return readLogs(request.body, { ...context, recordHashes }, group.rows);
  }
}
