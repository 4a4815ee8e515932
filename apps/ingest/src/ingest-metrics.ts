import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ProcessLogger } from '#server';
import type { AppendObserver, BatchCounts, SpanAppender } from '#store';

const OUTCOMES = ['stored', 'duplicate', 'conflicting', 'rejected'] as const;
type Appended = Parameters<AppendObserver['stored']>;

/** The figures of the ingest process, on its own registry, and the log lines that go with them. */
export class IngestMetrics implements AppendObserver {
  private readonly received;
  private readonly spans;
  private readonly groups;
  private readonly groupRequests;
  private readonly groupSpans;
  private readonly commitSeconds;
  private readonly refused;
  private readonly tenantRefused;
  private readonly failures;
  private readonly points;
  private readonly notKept;

  constructor(
    private readonly registry: Registry,
    private readonly logger: ProcessLogger,
  ) {
    const registers = [registry];
    const counter = (name: string, help: string, labelNames: string[] = []) =>
      new Counter({ name: `outcome_ledger_${name}`, help, labelNames, registers });
    const histogram = (name: string, help: string, buckets: number[]) =>
      new Histogram({ name: `outcome_ledger_${name}`, help, buckets, registers });
    this.received = counter('spans_received_total', 'Spans and log records of acknowledged export requests');
    this.spans = counter(
      'spans_total',
      'Received spans and log records by what became of them; the four sum to received',
      ['outcome'],
    );
    this.groups = counter('span_groups_total', 'Committed groups by the way they were stored', ['path']);
    this.groupRequests = histogram(
      'span_group_requests',
      'Export requests per committed group',
      POWERS_OF_TWO,
    );
    this.groupSpans = histogram('span_group_spans', 'Spans per committed group', GROUP_SPANS);
    this.commitSeconds = histogram('span_commit_seconds', 'First statement to COMMIT of a group', SECONDS);
    this.refused = counter('requests_turned_away_total', 'Export requests answered with 429 or 503', [
      'reason',
    ]);
    this.tenantRefused = counter(
      'tenant_requests_turned_away_total',
      'Of those, requests of a tenant that sends faster than it may or holds its share of what may wait',
      ['tenant', 'reason'],
    );
    this.failures = counter(
      'span_commit_failures_total',
      'Groups that were not stored, failed connections too',
    );
    this.points = counter(
      'metric_points_total',
      'Data points of token and cost counters by what became of them',
      ['outcome'],
    );
    this.notKept = counter('metric_points_not_kept_total', 'Data points of other metrics');
    for (const outcome of OUTCOMES) this.spans.inc({ outcome }, 0);
  }

  /** Adds the gauges of what is being received, and what waits in the appender. */
  watch(appender: SpanAppender, receiver: { readonly receivingBytes: number }): void {
    const registers = [this.registry];
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name: `outcome_ledger_${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    gauge(
      'bodies_receiving_bytes',
      'Bytes of bodies being received, inflated or read',
      () => receiver.receivingBytes,
    );
    gauge('spans_waiting_bytes', 'Bytes accepted and not durable yet', () => appender.waiting.bytes);
    gauge('spans_waiting_requests', 'Requests accepted and not durable yet', () => appender.waiting.requests);
  }

  stored({ path, counted }: Appended[0], { milliseconds }: Appended[1]): void {
    let spans = 0;
    for (const { batch, counts } of counted) {
      spans += batch.received;
      for (const outcome of OUTCOMES) this.spans.inc({ outcome }, counts[outcome]);
    }
    this.received.inc(spans);
    this.groups.inc({ path });
    this.groupRequests.observe(counted.length);
    this.groupSpans.observe(spans);
    this.commitSeconds.observe(milliseconds / 1000);
    if (path === 'single')
      this.logger.error('PostgreSQL refused a group of spans; its requests were stored one by one', {
        batches: counted.map(({ batch, counts }) => ({ batchId: batch.batchId, ...counts })),
      });
  }

  failed(error: unknown, requests: number): void {
    this.failures.inc();
    this.logger.warn(
      requests === 0 ? 'no connection to the database' : 'a group of export requests was not stored',
      { requests, error },
    );
  }

  turnedAway(reason: string): void {
    this.refused.inc({ reason });
  }

  /** @param tenantId only tenants with a key get that far */
  tenantTurnedAway(tenantId: bigint, reason: string): void {
    this.tenantRefused.inc({ tenant: tenantId.toString(), reason });
  }

  countPoints(counts: BatchCounts, notKept: number): void {
    for (const outcome of OUTCOMES) this.points.inc({ outcome }, counts[outcome]);
    this.notKept.inc(notKept);
  }
}

const POWERS_OF_TWO = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const GROUP_SPANS = [1, 16, 64, 256, 1024, 2048, 4096, 8192, 16_384, 32_768];
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
