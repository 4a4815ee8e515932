import type { TraceId } from '#model';
import type { SpanScan } from './span-scan.ts';

/** What one export request says about one trace: what `traces` and `due_traces` are advanced by. */
export interface TraceSummary {
  readonly traceId: TraceId;
  readonly spanCount: number;
  /** Smallest start, microseconds since the epoch. */
  readonly firstStartedAtUs: bigint;
  /** Largest end, or start where a clock put the end before it; microseconds since the epoch. */
  readonly lastEndedAtUs: bigint;
  /** A span without parent that has an end was among them. */
  readonly rootEnded: boolean;
}

interface Tally {
  spanCount: number;
  firstHigh: number;
  firstLow: number;
  lastHigh: number;
  lastLow: number;
  rootEnded: boolean;
}

/**
 * Sums spans up by trace within one request. Spans of a trace mostly follow each other: then it compares four
 * words and builds no key.
 */
export class TraceSummaries {
  private readonly tallies = new Map<string, Tally>();
  private current: Tally | null = null;
  private word0 = 0;
  private word1 = 0;
  private word2 = 0;
  private word3 = 0;

  add(body: Buffer, view: DataView, span: SpanScan): void {
    const tally = this.tallyOf(body, view, span.traceIdAt);
    tally.spanCount += 1;
    if (isBefore(span.startHigh, span.startLow, tally.firstHigh, tally.firstLow)) {
      tally.firstHigh = span.startHigh;
      tally.firstLow = span.startLow;
    }
    const endsLate = isBefore(span.startHigh, span.startLow, span.endHigh, span.endLow);
    const lastHigh = endsLate ? span.endHigh : span.startHigh;
    const lastLow = endsLate ? span.endLow : span.startLow;
    if (isBefore(tally.lastHigh, tally.lastLow, lastHigh, lastLow)) {
      tally.lastHigh = lastHigh;
      tally.lastLow = lastLow;
    }
    if (span.parentSpanIdAt < 0 && (span.endHigh !== 0 || span.endLow !== 0)) tally.rootEnded = true;
  }

  /** One summary per trace, in the order in which the traces first appeared. */
  list(): TraceSummary[] {
    return [...this.tallies].map(([key, tally]) => ({
      traceId: Buffer.from(key, 'latin1').toString('hex'),
      spanCount: tally.spanCount,
      firstStartedAtUs: toMicroseconds(tally.firstHigh, tally.firstLow),
      lastEndedAtUs: toMicroseconds(tally.lastHigh, tally.lastLow),
      rootEnded: tally.rootEnded,
    }));
  }

  /**
   * A log record: it starts and ends at its time. Without a span around it, it is a root that has ended.
   * @param traceId 16 bytes
   */
  addLog(traceId: Buffer, timeHigh: number, timeLow: number, isRoot: boolean): void {
    this.current = null;
    const tally = this.tallyAt(traceId.toString('latin1'));
    tally.spanCount += 1;
    if (isBefore(timeHigh, timeLow, tally.firstHigh, tally.firstLow)) {
      tally.firstHigh = timeHigh;
      tally.firstLow = timeLow;
    }
    if (isBefore(tally.lastHigh, tally.lastLow, timeHigh, timeLow)) {
      tally.lastHigh = timeHigh;
      tally.lastLow = timeLow;
    }
    if (isRoot) tally.rootEnded = true;
  }

  private tallyOf(body: Buffer, view: DataView, traceIdAt: number): Tally {
    const word0 = view.getInt32(traceIdAt);
    const word1 = view.getInt32(traceIdAt + 4);
    const word2 = view.getInt32(traceIdAt + 8);
    const word3 = view.getInt32(traceIdAt + 12);
    const isSame =
      word3 === this.word3 && word2 === this.word2 && word1 === this.word1 && word0 === this.word0;
    if (isSame && this.current !== null) return this.current;
    this.word0 = word0;
    this.word1 = word1;
    this.word2 = word2;
    this.word3 = word3;
    this.current = this.tallyAt(body.toString('latin1', traceIdAt, traceIdAt + 16));
    return this.current;
  }

  private tallyAt(key: string): Tally {
    let tally = this.tallies.get(key);
    if (tally === undefined) {
      tally = {
        spanCount: 0,
        firstHigh: 0xffff_ffff,
        firstLow: 0xffff_ffff,
        lastHigh: 0,
        lastLow: 0,
        rootEnded: false,
      };
      this.tallies.set(key, tally);
    }
    return tally;
  }
}

function isBefore(highA: number, lowA: number, highB: number, lowB: number): boolean {
  return highA < highB || (highA === highB && lowA < lowB);
}

function toMicroseconds(highNs: number, lowNs: number): bigint {
  return ((BigInt(highNs) << 32n) | BigInt(lowNs)) / 1000n;
}
