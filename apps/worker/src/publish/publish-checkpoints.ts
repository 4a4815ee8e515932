import {
  insertDelivery,
  readCheckpoint,
  readCosignedSize,
  readLastDelivery,
  readLog,
  readLogsToSeal,
  type Database,
  type LogToSeal,
  type SignedCheckpoint,
} from '#store';
import { Gauge, type Registry } from 'prom-client';
import { askWitness, type Witness } from './ask-witness.ts';
import { deliverCheckpoint, type Recipient } from './deliver-checkpoint.ts';

export interface PublisherParts {
  readonly db: Database;
  readonly nowUs: () => bigint;
  readonly witnesses: readonly Witness[];
  readonly recipients: readonly Recipient[];
  /** A recipient gets at most one checkpoint of a log in so long. */
  readonly deliverEveryMs: number;
  readonly metrics: Registry;
  readonly logger: { readonly error: (message: string, fields?: object) => void };
}

/** How long one that could not be reached, or refused, is left alone. */
const REST_MS = 30_000;

/**
 * Puts checkpoints into other hands: has witnesses cosign them and gives them to those who keep them. Sealing never
 * waits for any of it; who is behind shows in the metrics, and a witness that speaks of a fork raises an alarm.
 */
export class CheckpointPublisher {
  private readonly restsUntilMs = new Map<string, number>();
  private readonly lag: Gauge<'tenant' | 'to'>;
  private readonly forks: Gauge<'tenant' | 'to'>;

  constructor(private readonly parts: PublisherParts) {
    const common = { labelNames: ['tenant', 'to'] as const, registers: [parts.metrics] };
    this.lag = new Gauge({
      ...common,
      name: 'outcome_ledger_checkpoint_lag_leaves',
      help: 'Leaves of the newest checkpoint that a witness or recipient does not have yet',
    });
    this.forks = new Gauge({
      ...common,
      name: 'outcome_ledger_log_forked',
      help: '1 = a witness says that the log contradicts what it saw before',
    });
  }

  /** One look at every log. @returns checkpoints that reached somebody */
  async run(isStopping: () => boolean = () => false): Promise<number> {
    const { db, witnesses, recipients } = this.parts;
    if (witnesses.length + recipients.length === 0) return 0;
    let reached = 0;
    for (const log of await readLogsToSeal(db)) {
      if (isStopping() || log.signedSize === 0) continue;
      const checkpoint = await readCheckpoint(db, log.tenantId, log.signedSize, log.log);
      if (checkpoint === null) continue;
      for (const witness of witnesses) reached += await this.ask(log, checkpoint, witness);
      for (const recipient of recipients) reached += await this.deliver(log, checkpoint, recipient);
    }
    return reached;
  }

  private async ask(log: LogToSeal, checkpoint: SignedCheckpoint, witness: Witness): Promise<number> {
    const labels = { tenant: nameOf(log), to: witness.name };
    const cosigned = await readCosignedSize(this.parts.db, log.tenantId, log.log, witness.vkey);
    this.lag.set(labels, checkpoint.size - cosigned);
    if (cosigned === checkpoint.size || this.isResting(log, witness.name)) return 0;
    return this.tryOnce(log, witness.name, async () => {
      const answer = await askWitness(this.parts.db, log, checkpoint, witness);
      // Whoever saw more leaves than there are saw another history too.
      const isFork = answer.kind === 'fork' || (answer.kind === 'behind' && answer.size > checkpoint.size);
      this.forks.set(labels, isFork ? 1 : 0);
      if (isFork) throw new Error('it says that the log contradicts what it saw before: a fork');
      if (answer.kind === 'behind') throw new Error(`it saw ${answer.size} leaves, and changes its mind`);
      if (answer.kind === 'refused') throw new Error(answer.reason);
      this.lag.set(labels, 0);
    });
  }

  private async deliver(log: LogToSeal, checkpoint: SignedCheckpoint, recipient: Recipient): Promise<number> {
    const { db, nowUs, deliverEveryMs } = this.parts;
    const last = await readLastDelivery(db, log.tenantId, log.log, recipient.name);
    this.lag.set({ tenant: nameOf(log), to: recipient.name }, checkpoint.size - (last?.size ?? 0));
    const isTooSoon = last !== null && nowUs() - last.deliveredAtUs < BigInt(deliverEveryMs) * 1000n;
    if (last?.size === checkpoint.size || isTooSoon || this.isResting(log, recipient.name)) return 0;
    return this.tryOnce(log, recipient.name, async () => {
      const { origin } = (await readLog(db, log.tenantId, log.log))!;
      await deliverCheckpoint(recipient, origin, checkpoint);
      const delivery = { log: log.log, recipient: recipient.name, size: checkpoint.size };
      await insertDelivery(db, log.tenantId, { ...delivery, deliveredAtUs: nowUs() });
      this.lag.set({ tenant: nameOf(log), to: recipient.name }, 0);
    });
  }

  private isResting(log: LogToSeal, name: string): boolean {
    return (this.restsUntilMs.get(`${nameOf(log)} ${name}`) ?? 0) > this.nowMs();
  }

  private async tryOnce(log: LogToSeal, name: string, work: () => Promise<void>): Promise<number> {
    try {
      await work();
      return 1;
    } catch (error) {
      this.restsUntilMs.set(`${nameOf(log)} ${name}`, this.nowMs() + REST_MS);
      this.parts.logger.error(`a checkpoint did not reach ${name}; it is tried again`, {
        tenant: nameOf(log),
        error,
      });
      return 0;
    }
  }

  private nowMs(): number {
    return Number(this.parts.nowUs() / 1000n);
  }
}

const nameOf = ({ slug, log }: LogToSeal): string => (log === 'access' ? `${slug}/access` : slug);
