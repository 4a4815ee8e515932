import { advanceExport, type ClaimedExport, type Database } from '#store';

/** Another worker has the export now, or an erasure made it to be begun again. */
export class ExportLost extends Error {
  override readonly name = 'ExportLost';
}

/** The lease is renewed when so much of it is gone. */
const SHARE_OF_LEASE = 10;

/** Says how far an export is, and holds it for as long as something is said. */
export class ExportProgress {
  #stage: string | null = null;
  #saidAtUs = 0n;

  constructor(
    private readonly parts: { readonly db: Database; readonly nowUs: () => bigint },
    private readonly row: ClaimedExport,
    private readonly leaseMs: number,
  ) {}

  /** Cheap to be told often. @throws ExportLost */
  async at(stage: string, done: number, total: number): Promise<void> {
    const nowUs = this.parts.nowUs();
    const leaseUs = BigInt(this.leaseMs) * 1000n;
    if (stage === this.#stage && nowUs - this.#saidAtUs < leaseUs / BigInt(SHARE_OF_LEASE)) return;
    const leasedUntilUs = nowUs + leaseUs;
    if (!(await advanceExport(this.parts.db, this.row, { stage, done, total, leasedUntilUs })))
      throw new ExportLost();
    this.#stage = stage;
    this.#saidAtUs = nowUs;
  }
}
