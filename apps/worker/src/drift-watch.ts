import { checkDrift, type DriftOptions, type DriftParts } from './check-drift.ts';
import type { CheckParts } from './check-tail.ts';

/** A sample takes the time of posting a page; between two of them nothing is spent. */
const EVERY_US = 30_000_000n;
const PAGE = 50;

/** Posts a page of what is posted again, every half minute, for as long as the worker runs. */
export class DriftWatch {
  private nextAtUs = 0n;

  constructor(
    private readonly parts: DriftParts & CheckParts,
    private readonly options: Omit<DriftOptions, 'pageSize'>,
  ) {}

  /** Does nothing before it is time. */
  async run(): Promise<void> {
    const nowUs = this.parts.nowUs();
    if (nowUs < this.nextAtUs) return;
    this.nextAtUs = nowUs + EVERY_US;
    await checkDrift(this.parts, { ...this.options, pageSize: PAGE });
  }
}
