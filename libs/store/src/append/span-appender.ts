import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '#model';
import type { Rejections, StoredPart } from '#otlp';
import type { Database } from '../connection/database.ts';
import { ensureSpanPartitions, forgetSpanPartitions } from '../partitions/ensure-span-partitions.ts';
import type { AppendObserver } from './append-observer.ts';
import type { BatchCounts, Part } from './batch.ts';
import { uuidText } from './content-id.ts';
import { GroupQueue } from './group-queue.ts';
import { KnownParts } from './known-parts.ts';
import { rejectedSpans } from './rejected-spans.ts';
import { RequestReader, type ReadSettings, type SpansRequest } from './request-reader.ts';
import type { SpanGroup } from './span-group.ts';
import { StandingSession } from './standing-session.ts';
import { storeGroup } from './store-group.ts';
import type { DueTimes } from './upsert-due-traces.ts';

/** Limits and times of appending; all limits are of this process. */
export interface AppendSettings extends DueTimes, ReadSettings {
  /** Bytes of one group; a group holds at least one request whatever its size. */
  readonly commitBufferBytes: number;
  /** Bytes and requests that were accepted and are not durable yet. */
  readonly maxWaitingBytes: number;
  readonly maxWaitingRequests: number;
}

export interface AppendedSpans {
  readonly batchId: string;
  readonly counts: BatchCounts;
  /** What the reader rejected, with reasons. */
  readonly rejections: Rejections;
}

/**
 * Two connections: while one commits, the other copies. On two cores the second gave 1.3 times the rate of the
 * first, a third nothing.
 */
const CONNECTIONS = 2;
const RETRY_MS = 1_000;

/**
 * Appends spans by group commit: a request is read straight into the COPY buffer of the open group, and the group
 * is committed as soon as a connection is free. So under load groups grow, and idle a request waits for nobody.
 */
export class SpanAppender {
  private readonly groups: GroupQueue;
  private readonly sessions: StandingSession[];
  private readonly idle: StandingSession[] = [];
  private readonly busy = new Set<StandingSession>();
  private readonly knownResources = new KnownParts();
  private readonly knownScopes = new KnownParts();
  private readonly reader: RequestReader;
  private isClosing = false;
  private isFlushPlanned = false;
  private onIdle: (() => void) | null = null;

  private constructor(
    private readonly db: Database,
    private readonly settings: AppendSettings,
    private readonly observer: AppendObserver,
    private readonly nowMs: () => number,
  ) {
    this.groups = new GroupQueue(settings.commitBufferBytes);
    this.reader = new RequestReader(settings, nowMs);
    this.sessions = Array.from({ length: CONNECTIONS }, () => {
      const session: StandingSession = new StandingSession(db.connection, 'outcome-ledger append', {
        connected: () => this.offer(session),
        failed: (error) => this.connectionFailed(error),
      });
      return session;
    });
  }

  /** Connects, however long that takes; until then `append` throws Unavailable. `connected` tells when. */
  static start(
    db: Database,
    settings: AppendSettings,
    observer: AppendObserver,
    nowMs: () => number = Date.now,
  ): SpanAppender {
    const appender = new SpanAppender(db, settings, observer, nowMs);
    for (const session of appender.sessions) void session.open();
    return appender;
  }

  /**
   * Waits for the first connections: who is told to send before they stand is turned away for nothing.
   * @throws Unavailable when none stands after `limitMs`; connecting goes on
   */
  async connected(limitMs: number): Promise<void> {
    const late = new AbortController();
    const opened = Promise.all(this.sessions.map((session) => session.open()));
    await Promise.race([opened, sleep(limitMs, null, { signal: late.signal })]).finally(() => late.abort());
    await this.assertReachable();
  }

  /** Whether at least one connection stands. */
  get isReachable(): boolean {
    return this.sessions.some((session) => session.current !== null);
  }

  /** @throws Unavailable when no connection stands (for the readiness probe) */
  async assertReachable(): Promise<void> {
    if (!this.isReachable) throw new Unavailable('no connection to append spans', 2 * RETRY_MS);
  }

  /** Accepted and not yet durable. */
  get waiting(): { readonly requests: number; readonly bytes: number } {
    return { requests: this.groups.requests, bytes: this.groups.bytes };
  }

  /**
   * Throws when a request would be refused now, whatever is in it: asked before its body is received.
   * @throws Unavailable
   */
  assertOpen(bodyBytes = 0): void {
    if (this.isClosing) throw new Unavailable('the server is stopping', RETRY_MS);
    if (!this.isReachable) throw new Unavailable('the database cannot be reached', 2 * RETRY_MS);
    const { maxWaitingBytes, maxWaitingRequests } = this.settings;
    const isFull =
      this.groups.requests >= maxWaitingRequests ||
      (this.groups.requests > 0 && this.groups.bytes + bodyBytes > maxWaitingBytes);
    if (isFull) throw new Unavailable('too many spans are waiting to be stored', RETRY_MS, 'overloaded');
  }

  /**
   * Stores the spans or log records of one request exactly once and returns when they are durable. Idempotent: what
   * is stored already is counted, and changes nothing.
   *
   * @throws RejectedInput when the body is no export request or has too many spans: nothing of it is stored
   * @throws Unavailable when it should be sent again: nothing of it is stored, or a connection was lost while it
   *   was committed
   */
  async append(request: SpansRequest): Promise<AppendedSpans> {
    this.assertOpen(request.body.length);
    const group = this.groups.open();
    const start = group.rows.byteLength;
    const { batch, read, slices } = this.reader.read(request, group);
    const { batchId } = batch;
    if (read.received === 0) return { batchId, counts: NOTHING, rejections: read.rejected };
    const setAside = rejectedSpans(batch, read.rejected, slices);
    const counts = await new Promise<BatchCounts>((done, failed) => {
      this.groups.add({
        batch,
        rowsStart: start,
        rowsEnd: group.rows.byteLength,
        resources: this.knownResources.unknown(toParts(batch.tenantId, read.resources)),
        scopes: this.knownScopes.unknown(toParts(batch.tenantId, read.scopes)),
        setAside,
        done,
        failed,
      });
      this.planFlush();
    });
    return { batchId, counts, rejections: read.rejected };
  }

  /** Refuses what comes from now on, finishes what was accepted, closes the connections. Idempotent. */
  async close(): Promise<void> {
    this.isClosing = true;
    if (this.busy.size > 0 || this.groups.requests > 0)
      await new Promise<void>((resolve) => (this.onIdle = resolve));
    for (const session of this.sessions) session.close();
  }

  /** After the requests that have arrived by now: they share a group. */
  private planFlush(): void {
    if (this.isFlushPlanned) return;
    this.isFlushPlanned = true;
    setImmediate(() => {
      this.isFlushPlanned = false;
      this.flush();
    });
  }

  private flush(): void {
    while (this.idle.length > 0) {
      const group = this.groups.take();
      if (group === null) return;
      void this.store(this.idle.pop()!, group);
    }
  }

  private offer(session: StandingSession): void {
    // A busy one that was reconnected is offered again when it is done.
    if (this.busy.has(session) || session.current === null) return;
    if (!this.idle.includes(session)) this.idle.push(session);
    this.flush();
  }

  private async store(standing: StandingSession, group: SpanGroup): Promise<void> {
    this.busy.add(standing);
    const startedAtMs = this.nowMs();
    const session = standing.current;
    try {
      if (session === null) throw new Unavailable('the database cannot be reached', RETRY_MS);
      const stored = await storeGroup(
        { session, times: this.settings, ensurePartitions: this.ensurePartitions },
        group,
      );
      this.observer.stored(stored, {
        bytes: group.rows.byteLength,
        milliseconds: this.nowMs() - startedAtMs,
      });
      this.knownResources.remember(group.entries.flatMap((entry) => entry.resources));
      this.knownScopes.remember(group.entries.flatMap((entry) => entry.scopes));
      const counts = new Map(stored.counted.map((one) => [one.batch.batchId, one.counts]));
      for (const entry of group.entries) entry.done(counts.get(entry.batch.batchId)!);
    } catch (error) {
      this.observer.failed(error, group.entries.length);
      for (const entry of group.entries) entry.failed(error);
    }
    this.busy.delete(standing);
    // The socket of a lost connection may still hold the buffer.
    this.groups.release(group, session !== null && !session.isBroken);
    this.offer(standing);
    if (this.busy.size === 0 && this.groups.requests === 0) this.onIdle?.();
  }

  private readonly ensurePartitions = async (days: Iterable<number>, again: boolean): Promise<void> => {
    if (again) forgetSpanPartitions(this.db);
    await ensureSpanPartitions(this.db, days);
  };

  /** With no connection left, those who wait are told at once instead of when their own time is up. */
  private connectionFailed(error: unknown): void {
    this.observer.failed(error, 0);
    if (this.isReachable) return;
    for (let group = this.groups.take(); group !== null; group = this.groups.take()) {
      const answer = new Unavailable('the database cannot be reached', 2 * RETRY_MS);
      for (const entry of group.entries) entry.failed(answer);
      this.groups.release(group, true);
    }
    if (this.busy.size === 0) this.onIdle?.();
  }
}

const NOTHING: BatchCounts = { stored: 0, duplicate: 0, conflicting: 0, rejected: 0 };

function toParts(tenantId: bigint, parts: readonly StoredPart[]): Part[] {
  return parts.map(({ id, bytes }) => ({ tenantId, id: uuidText(id), bytes }));
}
