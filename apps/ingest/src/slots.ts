/** Lets so many do something at once; the others wait in line, first come, first served. */
export class Slots {
  private readonly line: (() => void)[] = [];

  constructor(private free: number) {}

  /** @returns when there is a slot: what gives it back; idempotent */
  async take(): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.line.push(resolve));
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const next = this.line.shift();
      if (next === undefined) this.free += 1;
      else next();
    };
  }
}
