import { Unavailable } from '#model';
import { type Database, type LogToSeal, readLogsToSeal } from '#store';
import { Gauge, type Registry } from 'prom-client';
import { signCheckpoint } from './seal-checkpoint.ts';
import { sealLeaves, TIME_MARK_US } from './seal-leaves.ts';
import { type Log, LogHalted } from './seal-log.ts';

/** How often the inboxes are looked at, how often one log is signed at most, how long a failure rests. */
const LOOK_MS = 250;
const SIGN_MS = 1_000;
export const REST_MS = 5_000;

export interface SealerOptions {
  readonly db: Database;
  readonly config: {
    readonly keyDir: string;
    /** As the environment states it; null = the one fixed at the first start. */
    readonly logOrigin: string | null;
  };
  readonly logger: {
    readonly log: (message: string, fields?: object) => void;
    readonly error: (message: string, fields?: object) => void;
  };
  readonly metrics: Registry;
  /** Microseconds since the epoch; the machine's clock unless a test says otherwise. */
  readonly nowUs?: () => bigint;
}

/** One pass after the other over all logs; remembers which were signed when, and which rest or are halted. */
export class SealTurns {
  private readonly nowUs: () => bigint;
  // By tenant and log.
  private readonly signedAtMs = new Map<string, number>();
  private readonly restsUntilMs = new Map<string, number>();
  private readonly halted = new Set<string>();
  private readonly oldestSeconds: Gauge;
  private readonly haltedLogs: Gauge<'tenant'>;
  private readonly sizes: Gauge<'tenant'>;

  constructor(
    private readonly options: SealerOptions,
    private readonly toLog: (log: LogToSeal) => Log,
  ) {
    this.nowUs = options.nowUs ?? (() => BigInt(Date.now()) * 1_000n);
    const registers = [options.metrics];
    this.oldestSeconds = new Gauge({
      name: 'outcome_ledger_unsealed_oldest_seconds',
      help: 'Age of the oldest leaf that waits to be sealed',
      registers,
    });
    this.haltedLogs = new Gauge({
      name: 'outcome_ledger_log_halted',
      help: '1 = the log signs nothing more: it would contradict an earlier checkpoint',
      labelNames: ['tenant'],
      registers,
    });
    this.sizes = new Gauge({
      name: 'outcome_ledger_log_signed_leaves',
      help: 'Size of the newest checkpoint this process signed',
      labelNames: ['tenant'],
      registers,
    });
  }

  /** @returns how long to rest, in milliseconds: 0 where more is known to wait */
  async takeAll(stopping: AbortSignal): Promise<number> {
    const nowUs = this.nowUs();
    const logs = await readLogsToSeal(this.options.db);
    const waiting = logs.flatMap(({ oldestRecordedAtUs }) => oldestRecordedAtUs ?? []);
    const oldestUs = waiting.reduce((oldest, at) => (at < oldest ? at : oldest), nowUs);
    this.oldestSeconds.set(Number(nowUs - oldestUs) / 1e6);
    let isMoreWaiting = false;
    for (const log of logs) if (!stopping.aborted && (await this.take(log, nowUs))) isMoreWaiting = true;
    return isMoreWaiting ? 0 : LOOK_MS;
  }

  private async take(log: LogToSeal, nowUs: bigint): Promise<boolean> {
    const nowMs = Number(nowUs / 1_000n);
    if (this.halted.has(idOf(log)) || (this.restsUntilMs.get(idOf(log)) ?? 0) > nowMs) return false;
    const isWaiting = log.oldestRecordedAtUs !== null;
    const isIdle = log.sealedAtUs !== null && nowUs - log.sealedAtUs >= TIME_MARK_US;
    if (!isWaiting && !isIdle && log.signedSize === log.size) return false;
    try {
      return await this.sealAndSign(log, nowUs, isWaiting || isIdle);
    } catch (error) {
      this.failed(log, error, nowMs);
      return false;
    }
  }

  private async sealAndSign(log: LogToSeal, nowUs: bigint, isToSeal: boolean): Promise<boolean> {
    const nowMs = Number(nowUs / 1_000n);
    const signedAtMs = this.signedAtMs.get(idOf(log));
    const tree = this.toLog(log);
    // Before the first seal of this process the guard is asked: nothing is added to a log that went back in time.
    if (signedAtMs === undefined) await this.sign(tree, nowUs);
    const isFull = isToSeal && (await sealLeaves(this.options.db, tree, nowUs, () => {})).isFull;
    if (signedAtMs === undefined || nowMs - signedAtMs >= SIGN_MS) await this.sign(tree, nowUs);
    return isFull;
  }

  private async sign(log: Log, nowUs: bigint): Promise<void> {
    const checkpoint = await signCheckpoint(this.options.db, log, nowUs, () => {});
    this.signedAtMs.set(idOf(log), Number(nowUs / 1_000n));
    this.haltedLogs.set(labelsOf(log), 0);
    if (checkpoint !== null) this.sizes.set(labelsOf(log), checkpoint.size);
  }

  private failed(log: LogToSeal, error: unknown, nowMs: number): void {
    if (error instanceof LogHalted) {
      this.halted.add(idOf(log));
      this.haltedLogs.set(labelsOf(log), 1);
    } else
      this.restsUntilMs.set(idOf(log), nowMs + (error instanceof Unavailable ? error.retryAfterMs : REST_MS));
    this.options.logger.error(
      error instanceof LogHalted ? error.message : `the log of ${log.slug} could not be sealed`,
      { tenant: log.slug, error },
    );
  }
}

const idOf = ({ tenantId, log }: Pick<Log, 'tenantId' | 'log'>): string => `${tenantId} ${log ?? 'evidence'}`;
const labelsOf = ({ slug, log }: Pick<Log, 'slug' | 'log'>) => ({
  tenant: log === 'access' ? `${slug}/access` : slug,
});
