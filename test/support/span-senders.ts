import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeSpans, type TestSpan } from './export-request.ts';
import { send, type TestKey } from './ingest.ts';

const SPANS_PER_REQUEST = 20;

/**
 * Senders as exporters are: each sends request after request of new spans, and sends one again, unchanged, until it is
 * acknowledged, whatever happens to the server in between.
 */
export class SpanSenders {
  /** `trace/span` of every span whose request was acknowledged. */
  readonly acknowledged: string[] = [];
  /** Requests that were sent more than once. */
  repeated = 0;
  private isStopping = false;
  private readonly running: Promise<void>[];

  constructor(
    private readonly to: { readonly url: string; readonly key: TestKey },
    senders: number,
  ) {
    this.running = Array.from({ length: senders }, () => this.run());
  }

  /** Returns when every sender's last request is acknowledged. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.running);
  }

  /** Returns when so many more spans are acknowledged. */
  async progress(spans: number): Promise<void> {
    const goal = this.acknowledged.length + spans;
    while (this.acknowledged.length < goal) await sleep(5);
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      const spans = newSpans();
      const body = encodeSpans(spans);
      for (let attempt = 1; ; attempt += 1) {
        if (attempt === 2) this.repeated += 1;
        const status = await send(this.to, body).then(
          (answer) => answer.status,
          () => 0, // the connection was refused or cut
        );
        if (status === 200) break;
        if (status !== 0 && status !== 429 && status !== 503) throw new Error(`answered with ${status}`);
        if (attempt === 600) throw new Error('not acknowledged after 600 attempts');
        await sleep(50);
      }
      this.acknowledged.push(...spans.map((span) => `${span.traceId}/${span.spanId}`));
    }
  }
}

function newSpans(): TestSpan[] {
  const traceId = randomBytes(16).toString('hex');
  const startedAtNs = BigInt(Date.now()) * 1_000_000n;
  return Array.from({ length: SPANS_PER_REQUEST }, (_, n) => ({
    traceId,
    spanId: (n + 1).toString(16).padStart(16, '0'),
    ...(n === 0 ? {} : { parentSpanId: '0000000000000001' }),
    startedAtNs: startedAtNs + BigInt(n),
    attributes: { text: 'x'.repeat(500) },
  }));
}
