import { exportSnapshot, inReportSnapshot, type Client, type Database, type ExportedSnapshot } from '#store';

/** The state that a report is read in. */
export interface ReportSnapshot {
  readonly takenAtUs: bigint;
  /** Whether other reports may read in it as well. */
  readonly isShared: boolean;
}

export interface KeptSnapshotLimits {
  /** Snapshots at once; each holds a connection. */
  readonly most: number;
  /** After its last use. */
  readonly idleMs: number;
  /** After it was taken: what is replaced meanwhile cannot be vacuumed away. */
  readonly oldestMs: number;
}

interface Kept {
  readonly exporting: Promise<ExportedSnapshot>;
  readonly snapshot: ReportSnapshot;
  readonly expires: NodeJS.Timeout;
  users: number;
  idle: NodeJS.Timeout | null;
}

/**
 * States of the database under names that callers choose, so that the reports of one page are of one moment and their
 * common parts are read once (ADR 042). A name is one tenant's own.
 */
export class KeptSnapshots {
  /** By tenant and name; the one that was taken up last stands at the end. */
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly db: Database,
    private readonly limits: KeptSnapshotLimits,
    private readonly nowUs: () => bigint,
  ) {}

  /**
   * Reads as the tenant (`inReportSnapshot`).
   *
   * @param name of a snapshot to share; it is taken now where none is kept under the name. null = one for `work` alone,
   *   and so where as many as may be kept are in use
   * @throws Unavailable where the database cannot be reached; what `work` throws
   */
  async read<Result>(
    tenantId: bigint,
    name: string | null,
    work: (client: Client, snapshot: ReportSnapshot) => Promise<Result>,
  ): Promise<Result> {
    const alone = () => {
      const snapshot = { takenAtUs: this.nowUs(), isShared: false };
      return inReportSnapshot(this.db, tenantId, (client) => work(client, snapshot));
    };
    const key = `${tenantId} ${name}`;
    const kept = name === null ? null : this.takeUp(key);
    if (kept === null) return alone();
    let hasBegun = false;
    try {
      const { id } = await kept.exporting;
      const begin = (client: Client) => {
        hasBegun = true;
        return work(client, kept.snapshot);
      };
      return await inReportSnapshot(this.db, tenantId, begin, id);
    } catch (error) {
      // Before that, it was lost: whoever has begun to read in it does not need it any more.
      if (hasBegun) throw error;
    } finally {
      this.leave(key, kept);
    }
    this.drop(key, kept);
    return alone();
  }

  /** Lets go of all of them, once nobody reads in them any more. */
  async close(): Promise<void> {
    const all = [...this.kept];
    for (const [key, kept] of all) this.drop(key, kept);
    await Promise.all(all.map(([, { exporting }]) => exporting.then((it) => it.release()).catch(() => {})));
  }

  private takeUp(key: string): Kept | null {
    const known = this.kept.get(key);
    if (known === undefined && this.kept.size >= this.limits.most && !this.dropIdle()) return null;
    const kept = known ?? this.take(key);
    this.kept.delete(key);
    this.kept.set(key, kept);
    kept.users += 1;
    if (kept.idle !== null) clearTimeout(kept.idle);
    kept.idle = null;
    return kept;
  }

  private take(key: string): Kept {
    const kept: Kept = {
      exporting: exportSnapshot(this.db),
      snapshot: { takenAtUs: this.nowUs(), isShared: true },
      expires: setTimeout(() => this.drop(key, kept), this.limits.oldestMs).unref(),
      users: 0,
      idle: null,
    };
    const drop = () => this.drop(key, kept);
    kept.exporting.then(({ lost }) => lost.addEventListener('abort', drop), drop);
    return kept;
  }

  private leave(key: string, kept: Kept): void {
    kept.users -= 1;
    if (kept.users > 0) return;
    if (this.kept.get(key) === kept)
      kept.idle = setTimeout(() => this.drop(key, kept), this.limits.idleMs).unref();
    else letGo(kept);
  }

  /** @returns whether there was one */
  private dropIdle(): boolean {
    const idle = [...this.kept].find(([, { users }]) => users === 0);
    if (idle !== undefined) this.drop(...idle);
    return idle !== undefined;
  }

  /** Nobody takes it up any more; it is let go of when the last who uses it leaves. */
  private drop(key: string, kept: Kept): void {
    if (this.kept.get(key) === kept) this.kept.delete(key);
    clearTimeout(kept.expires);
    if (kept.idle !== null) clearTimeout(kept.idle);
    kept.idle = null;
    if (kept.users === 0) letGo(kept);
  }
}

function letGo({ exporting }: Kept): void {
  exporting.then((exported) => exported.release()).catch(() => {});
}
