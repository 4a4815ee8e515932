/** After the last answer: what is asked for later than this is a new look at the books. */
const APART_MS = 2_000;
/** A page that never stops asking has to see newer books in the end. The API keeps a state for two minutes. */
const OLDEST_MS = 60_000;

/**
 * Names the state of the database that requests are to be answered from: the same while one request follows the other,
 * as they do when a page is drawn, so that the figures of a page are of one moment.
 */
export class ReadBurst {
  private name = '';
  private beganMs = 0;
  private lastMs = -Infinity;
  private underWay = 0;

  private readonly nowMs: () => number;
  private readonly newName: () => string;

  constructor(nowMs = () => performance.now(), newName = randomName) {
    this.nowMs = nowMs;
    this.newName = newName;
  }

  /** Runs a request with the name it is to send. */
  async run<Result>(request: (name: string) => Promise<Result>): Promise<Result> {
    const now = this.nowMs();
    const isOver = this.underWay === 0 && now - this.lastMs > APART_MS;
    if (isOver || this.name === '' || now - this.beganMs > OLDEST_MS) this.begin(now);
    this.underWay += 1;
    try {
      return await request(this.name);
    } finally {
      this.underWay -= 1;
      this.lastMs = this.nowMs();
    }
  }

  /** Something was changed: the next request is to see it. */
  end(): void {
    this.name = '';
  }

  private begin(now: number): void {
    this.name = this.newName();
    this.beganMs = now;
  }
}

/** Not `randomUUID`, which browsers only have where the page came by HTTPS or from this machine. */
const randomName = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-');
