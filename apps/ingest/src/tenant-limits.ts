import { readTenantLimits, type Database, type TenantLimit } from '#store';

const KEPT_MS = 5_000;

/** What the operator set for tenants, at hand; a change holds within five seconds and the request after them. */
export class TenantLimits {
  private known: ReadonlyMap<bigint, TenantLimit> = new Map();
  private readAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly db: Database,
    private readonly nowMs: () => number,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Reads them; what was known stays where that fails. */
  async refresh(): Promise<void> {
    this.readAtMs = this.nowMs();
    try {
      this.known = await readTenantLimits(this.db);
    } catch (error) {
      this.onError(error);
    }
  }

  readonly of = (tenantId: bigint): TenantLimit | null => {
    if (this.nowMs() - this.readAtMs >= KEPT_MS) void this.refresh();
    return this.known.get(tenantId) ?? null;
  };
}
