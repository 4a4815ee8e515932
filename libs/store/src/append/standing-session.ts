import { setTimeout as sleep } from 'node:timers/promises';
import { AppendSession } from './append-session.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** One connection that is opened again whenever it is lost, for as long as it takes. */
export class StandingSession {
  private session: AppendSession | null = null;
  private opening: Promise<void> | null = null;
  private readonly stopped = new AbortController();

  constructor(
    private readonly connection: string,
    private readonly applicationName: string,
    private readonly on: {
      /** Called whenever it is connected, the first time too. */
      connected(): void;
      /** Called with the cause whenever an attempt to connect fails. */
      failed(error: unknown): void;
    },
  ) {}

  /** The open connection; null while there is none. */
  get current(): AppendSession | null {
    return this.session === null || this.session.isBroken ? null : this.session;
  }

  /** Connects, trying again until it works or `close` is called. Idempotent. */
  open(): Promise<void> {
    if (this.current !== null) return Promise.resolve();
    this.opening ??= this.connect().finally(() => (this.opening = null));
    return this.opening;
  }

  close(): void {
    this.stopped.abort();
    this.session?.close();
  }

  private async connect(): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; !this.stopped.signal.aborted; pauseMs *= 2) {
      try {
        const session = await AppendSession.open(this.connection, this.applicationName);
        if (this.stopped.signal.aborted) session.close();
        this.session = session;
        session.onBroken(() => void this.open());
        this.on.connected();
        return;
      } catch (error) {
        this.on.failed(error);
        await sleep(Math.min(pauseMs, LONGEST_PAUSE_MS), undefined, { signal: this.stopped.signal }).catch(
          () => {},
        );
      }
    }
  }
}
