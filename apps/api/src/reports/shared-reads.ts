import type { ReportSnapshot } from './kept-snapshots.ts';

/** A part that reports of one snapshot have in common: of each question it is read once. */
export class SharedReads<Result> {
  private readonly bySnapshot = new WeakMap<ReportSnapshot, Map<string, Promise<Result>>>();

  /** @param isSmall whether a result may be kept as long as its snapshot */
  constructor(private readonly isSmall: (result: Result) => boolean = () => true) {}

  /**
   * What `read` returns, or has returned to another report of the snapshot. Whoever asks while another reads waits for
   * that one; what failed is read again by the next.
   *
   * @param question all that the result depends on but the snapshot
   */
  of(snapshot: ReportSnapshot, question: object, read: () => Promise<Result>): Promise<Result> {
    if (!snapshot.isShared) return read();
    const results = this.bySnapshot.get(snapshot) ?? new Map<string, Promise<Result>>();
    this.bySnapshot.set(snapshot, results);
    const key = keyOf(question);
    const known = results.get(key);
    if (known !== undefined) return known;
    const reading = read();
    results.set(key, reading);
    const forget = () => results.delete(key);
    reading.then((result) => this.isSmall(result) || forget(), forget);
    return reading;
  }
}

const keyOf = (question: object): string =>
  JSON.stringify(question, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
