/** Lets so many do something at once; the others wait, and tenants take turns whoever of them has more waiting. */
export class Slots {
  /** Who waits, by tenant; the tenant whose turn is next comes first. */
  private readonly lines = new Map<bigint, (() => void)[]>();

  constructor(private free: number) {}

  /** @returns when there is a slot: what gives it back; idempotent */
  async take(tenantId: bigint): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else
      await new Promise<void>((resolve) => {
        const line = this.lines.get(tenantId);
        if (line === undefined) this.lines.set(tenantId, [resolve]);
        else line.push(resolve);
      });
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const next = this.next();
      if (next === undefined) this.free += 1;
      else next();
    };
  }

  private next(): (() => void) | undefined {
    for (const [tenantId, line] of this.lines) {
      const first = line.shift();
      this.lines.delete(tenantId);
      if (line.length > 0) this.lines.set(tenantId, line);
      return first;
    }
    return undefined;
  }
}
