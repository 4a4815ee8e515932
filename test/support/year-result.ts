import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a simulated year came to, for people and for bench/results. */
export interface YearResult {
  readonly items: number;
  readonly spans: number;
  readonly transactions: number;
  readonly monthsClosed: number;
  readonly minutes: number;
  /** Seconds of each phase, in the order they ended. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** Sums how long each phase of a simulation takes, over all times it is entered. */
export class PhaseClock {
  private readonly spentMs = new Map<string, number>();
  private readonly beganMs = performance.now();

  async time<Result>(phase: string, work: () => Promise<Result>): Promise<Result> {
    const beganMs = performance.now();
    try {
      return await work();
    } finally {
      this.spentMs.set(phase, (this.spentMs.get(phase) ?? 0) + performance.now() - beganMs);
    }
  }

  /** Minutes since it was made, and seconds by phase. */
  read(): Pick<YearResult, 'minutes' | 'seconds'> {
    return {
      minutes: Math.round((performance.now() - this.beganMs) / 600) / 100,
      seconds: Object.fromEntries([...this.spentMs].map(([phase, ms]) => [phase, Math.round(ms / 100) / 10])),
    };
  }
}

/** Prints a result in one line and, where SIMULATED_RESULT names a file, writes it there as JSON. */
export function tellYear(result: YearResult): void {
  process.stdout.write(`simulated year: ${JSON.stringify(result)}\n`);
  const path = process.env['SIMULATED_RESULT'];
  if (path === undefined || path === '') return;
  mkdirSync(dirname(path), { recursive: true });
  const machine = { node: process.version, platform: process.platform, arch: process.arch };
  writeFileSync(path, `${JSON.stringify({ ...result, machine, at: new Date().toISOString() }, null, 2)}\n`);
}
