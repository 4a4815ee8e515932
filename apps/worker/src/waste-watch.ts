import { readNextDueTenant } from '#store';
import { judgeWaste, type JudgeParts } from './judge-waste.ts';

/** Traces that have been due for so long say that posting does not keep up. */
const BEHIND_MS = 5_000;
const PAUSE_US = 10_000_000n;

/**
 * Judges the waste of what was posted, for as long as the worker runs. To judge a trace takes about as long as to post one:
 * where posting is behind, there are ten seconds between two turns, and the books have the machine (a fifth of the
 * worker's time under full load).
 */
export class WasteWatch {
  private notWhileBehindBeforeUs = 0n;

  constructor(private readonly parts: JudgeParts) {}

  /** @returns how many traces were judged */
  async run(isStopping: () => boolean): Promise<number> {
    const { db, nowUs } = this.parts;
    if (nowUs() < this.notWhileBehindBeforeUs && (await readNextDueTenant(db, 0n, BEHIND_MS)) !== null)
      return 0;
    const judged = await judgeWaste(this.parts, isStopping);
    this.notWhileBehindBeforeUs = nowUs() + PAUSE_US;
    return judged;
  }
}
