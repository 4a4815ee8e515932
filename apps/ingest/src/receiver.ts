import type { Limits } from '#config';
import { Unavailable } from '#model';
import { describeRejections, type PartialSuccess, type RecordHashes, type Signal } from '#otlp';
import type { Principal } from '#server';
import type { RecordIdKeys, SpanAppender } from '#store';
import { takeOut, type ContentRule, type ContentRules } from './content-rules.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { MetricsIntake } from './metrics-intake.ts';
import type { TenantShares } from './tenant-shares.ts';

const RETRY_MS = 1_000;

/** What one request of a sender has been let in for: its bytes are counted until it is released. */
export interface Admission {
  readonly tenantId: bigint;
  /**
   * The body takes more than was announced: by its chunks, or inflated. Asked before the memory is taken.
   * @throws Unavailable when there is no room for that; what was held before stays held
   */
  grow(bytes: number): void;
  /** The body has been read: what is kept of it is counted by the appender from now on. Idempotent. */
  bodyRead(): void;
  release(): void;
}

/** What both protocols do with an export request: who is let in, what is stored, what the sender is told. */
export class Receiver {
  private isDraining = false;
  private requests = 0;
  /** Of all requests together, compressed and inflated, until their bodies are read. */
  private bodyBytes = 0;
  private onIdle: (() => void) | null = null;

  constructor(
    private readonly appender: SpanAppender,
    private readonly contentRules: ContentRules,
    private readonly recordIdKeys: RecordIdKeys,
    private readonly metricsIntake: MetricsIntake,
    private readonly metrics: IngestMetrics,
    private readonly limits: Limits,
    private readonly shares: TenantShares,
  ) {}

  /** Bytes of bodies that are being received, inflated or read. */
  get receivingBytes(): number {
    return this.bodyBytes;
  }

  /**
   * Lets a request in before its body is read, or turns it away while that costs nothing.
   * @param announcedBytes of the body; 0 where the sender does not say
   * @throws Unavailable when the database is away, too much waits already, the tenant holds its share of that or sends
   *   faster than it may, or the process is stopping
   */
  admit(tenantId: bigint, announcedBytes: number): Admission {
    let held = 0;
    let heldUntilAnswered = 0;
    const grow = (bytes: number) => {
      this.assertRoom(bytes, held);
      this.assertShare(tenantId, this.shares.hold(tenantId, bytes, heldUntilAnswered));
      held += bytes;
      heldUntilAnswered += bytes;
      this.bodyBytes += bytes;
    };
    if (this.isDraining)
      throw this.turnedAway('stopping', new Unavailable('the server is stopping', RETRY_MS));
    this.assertFewRequests();
    this.assertShare(tenantId, this.shares.enter(tenantId));
    try {
      grow(announcedBytes);
    } catch (error) {
      this.shares.leave(tenantId, 0);
      throw error;
    }
    this.requests += 1;
    const bodyRead = () => {
      this.bodyBytes -= held;
      held = 0;
    };
    const release = () => {
      bodyRead();
      this.shares.leave(tenantId, heldUntilAnswered);
      this.requests -= 1;
      if (this.requests === 0) this.onIdle?.();
    };
    return { tenantId, grow, bodyRead, release };
  }

  /**
   * Stores the spans or log records of an export request in protobuf; returns when they are durable.
   * @throws RejectedInput, Unavailable as `SpanAppender.append`
   */
  private async append(
    signal: 'traces' | 'logs',
    principal: Principal,
    body: Buffer,
  ): Promise<PartialSuccess> {
    const rule = this.contentRules.of(principal.tenantId);
    const hashes = signal === 'logs' ? this.recordIdKeys.hashes() : null;
    if (!(rule instanceof Promise) && !(hashes instanceof Promise))
      return this.appendBy(rule, hashes, principal, body);
    // The caller has its buffer back, and no longer counts it, as soon as this waits.
    const own = Buffer.from(body);
    this.bodyBytes += own.length;
    const asked = await Promise.all([rule, hashes]).finally(() => (this.bodyBytes -= own.length));
    return this.appendBy(...asked, principal, own);
  }

  private async appendBy(
    rule: ContentRule | null,
    recordHashes: RecordHashes | null,
    { tenantId, keyId, isBootstrap }: Principal,
    body: Buffer,
  ): Promise<PartialSuccess> {
    const signal = recordHashes === null ? 'traces' : 'logs';
    const { counts, rejections } = await this.appender.append({
      ...(recordHashes === null ? { signal: 'traces' } : { signal: 'logs', recordHashes }),
      tenantId,
      keyId,
      isBootstrap,
      ...(rule === null ? { body } : { body: takeOut(rule, signal, body), redaction: rule.version }),
    });
    const refused = counts.rejected - rejections.count;
    const messages = [
      describeRejections(rejections, signal === 'logs' ? 'log record' : 'span'),
      refused === 0 ? '' : `${refused} could not be stored and are set aside`,
    ];
    return { rejected: counts.rejected, errorMessage: messages.filter((text) => text !== '').join('; ') };
  }

  /** What a request in protobuf is answered with, when what it holds is durable. @throws as `append` */
  async take(signal: Signal, principal: Principal, body: Buffer): Promise<PartialSuccess> {
    this.shares.taken(principal.tenantId, body.length);
    return signal === 'metrics'
      ? this.metricsIntake.take(principal, body)
      : this.append(signal, principal, body);
  }

  /** Lets nobody in any more and waits until everybody who was let in is answered. */
  async drain(): Promise<void> {
    this.isDraining = true;
    if (this.requests > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  /** @param held bytes of the same body: one body alone is let in however large it is */
  private assertRoom(bytes: number, held: number): void {
    try {
      this.appender.assertOpen(this.bodyBytes + bytes);
    } catch (error) {
      throw this.turnedAway(error instanceof Unavailable ? error.reason : 'unreachable', error);
    }
    if (this.bodyBytes === held || this.bodyBytes + bytes <= this.limits.waitingBytes) return;
    throw this.overloaded('too many bytes are being received');
  }

  private assertShare(tenantId: bigint, refused: ReturnType<TenantShares['enter']>): void {
    if (refused === null) return;
    this.metrics.tenantTurnedAway(tenantId, refused.reason);
    throw this.turnedAway(refused.reason, refused.error);
  }

  private assertFewRequests(): void {
    if (this.requests < this.limits.waitingRequests) return;
    throw this.overloaded('too many requests are being received');
  }

  private overloaded(message: string): unknown {
    return this.turnedAway('overloaded', new Unavailable(message, RETRY_MS, 'overloaded'));
  }

  private turnedAway(reason: string, error: unknown): unknown {
    this.metrics.turnedAway(reason);
    return error;
  }
}
