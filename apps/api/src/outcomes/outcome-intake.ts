import { randomBytes, randomUUID } from 'node:crypto';
import { Rules } from '#attribution';
import { RejectedInput } from '#model';
import { type Principal } from '#server';
import {
  asTenant,
  readOutcomes,
  readTenantRules,
  recordOutcomes,
  type Client,
  type OutcomeRecord,
  type StoredOutcome,
} from '#store';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import type { CloudEvent } from './cloud-event.ts';
import { toOutcomeRecord, type IntakeContext } from './to-outcome-record.ts';

/** What became of one event of a request. */
export type EventResult =
  | { readonly status: 'stored' | 'duplicate'; readonly outcome: StoredOutcome }
  | { readonly status: 'refused'; readonly refusal: RejectedInput };

/** Reads one event; called inside `accept`, so that a bad event is a refusal of that event alone. */
export type ReadEvent = () => CloudEvent;

/** Takes outcome events in, one at a time, batched or from an import: the same rules for all. */
@Injectable()
export class OutcomeIntake {
  private readonly events: Counter;

  constructor(
    @Inject(API_CONTEXT) private readonly api: ApiContext,
    @Inject(Registry) metrics: Registry,
  ) {
    this.events = new Counter({
      name: 'outcome_events_total',
      help: 'Outcome events received, by what became of them',
      labelNames: ['status'],
      registers: [metrics],
    });
  }

  /**
   * Stores events in one transaction: each whole or not at all, and durable when this returns.
   *
   * @param alsoInTransaction runs in the same transaction with the results (progress of an import)
   * @returns one result per event, in order. A refused event never keeps others from being stored.
   */
  async accept(
    caller: Principal,
    events: readonly ReadEvent[],
    alsoInTransaction: (client: Client, results: readonly EventResult[]) => Promise<void> = async () => {},
  ): Promise<EventResult[]> {
    const receivedAtUs = this.api.nowUs();
    const results = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const { definitions, policies, keyMappings } = await readTenantRules(client, caller.tenantId);
      const rules = new Rules(definitions, policies, keyMappings);
      const read = readAll(events, {
        caller,
        receivedAtUs,
        readVerb: (kind, verb, atUs, source) => rules.readVerb(kind, verb, atUs, source),
        maxEventBytes: this.api.limits.eventBytes,
        newUuid: randomUUID,
        newSalt: () => randomBytes(32),
      });
      const stored = await this.store(client, caller, receivedAtUs, read);
      await alsoInTransaction(client, stored);
      return stored;
    });
    for (const { status } of results) this.events.inc({ status });
    if (results.some(({ status }) => status === 'stored')) await this.api.wake('work-through-facts');
    return results;
  }

  private async store(
    client: Client,
    caller: Principal,
    atUs: bigint,
    read: readonly (OutcomeRecord | RejectedInput)[],
  ): Promise<EventResult[]> {
    const first = new Map<string, OutcomeRecord>();
    for (const record of read) {
      if (record instanceof RejectedInput) continue;
      const id = `${record.source}\n${record.eventId}`;
      if (!first.has(id)) first.set(id, record);
    }
    const records = [...first.values()];
    const recorded =
      records.length === 0
        ? []
        : await recordOutcomes(client, caller.tenantId, { atUs, by: caller.principalId }, records);
    const surrogates = recorded.map(({ surrogateId }) => surrogateId);
    const outcomes = new Map(
      (await readOutcomes(client, caller.tenantId, surrogates)).map((outcome) => [
        outcome.surrogateId,
        outcome,
      ]),
    );
    const byId = new Map([...first.keys()].map((id, index) => [id, recorded[index]!]));
    return read.map((record): EventResult => {
      if (record instanceof RejectedInput) return { status: 'refused', refusal: record };
      const id = `${record.source}\n${record.eventId}`;
      const { state, surrogateId } = byId.get(id)!;
      const leader = first.get(id)!;
      const isConflict = state === 'conflict' || !leader.contentHash.equals(record.contentHash);
      if (isConflict)
        return {
          status: 'refused',
          refusal: new RejectedInput('conflict', 'this source sent other content under this id before', 'id'),
        };
      const status = leader === record && state === 'stored' ? 'stored' : 'duplicate';
      return { status, outcome: outcomes.get(surrogateId)! };
    });
  }
}

function readAll(events: readonly ReadEvent[], context: IntakeContext): (OutcomeRecord | RejectedInput)[] {
  return events.map((readEvent) => {
    try {
      return toOutcomeRecord(readEvent(), context);
    } catch (error) {
      if (error instanceof RejectedInput) return error;
      throw error;
    }
  });
}
