/** What runs at once in this process of one kind of work; order of waiting runs is the order they came in. */
export class RunSlots {
  private readonly running = new Set<Promise<void>>();
  private readonly waiting: (() => void)[] = [];
  private taken = 0;

  /** @param count of runs at once, at least 1 */
  constructor(private readonly count: number) {}

  private get isFree(): boolean {
    return this.taken < this.count;
  }

  /** Runs `work` as soon as a slot is free; resolves or rejects as it does. */
  async run(work: () => Promise<void>): Promise<void> {
    if (this.isFree) this.taken += 1;
    // The slot of whoever ends is handed on: nobody who comes meanwhile can take it.
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    const run = work();
    this.running.add(run);
    try {
      await run;
    } finally {
      this.running.delete(run);
      const next = this.waiting.shift();
      if (next === undefined) this.taken -= 1;
      else next();
    }
  }

  /**
   * Asks for `work` at once and every so often, not while all slots are taken; it takes its slot by `run`, and reports
   * its own failures.
   *
   * @returns ends that; what runs goes on
   */
  sweep(work: () => Promise<void>, everyMs: number): () => void {
    const turn = () => {
      if (this.isFree) work().catch(() => {});
    };
    turn();
    const timer = setInterval(turn, everyMs);
    return () => clearInterval(timer);
  }

  /** Resolves when what runs now has ended, however it ends. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.running);
  }
}
