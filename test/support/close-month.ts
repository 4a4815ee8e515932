import { closePeriods } from '../../apps/worker/src/close-periods.ts';
import type { Desk } from './desk.ts';

/** A closed month as `GET /v1/periods` shows it. */
export interface ClosedMonth {
  readonly period: string;
  readonly state: string;
  readonly size: number;
  readonly root: string;
  readonly trialBalance: readonly {
    readonly account: string;
    readonly asset: string;
    readonly opening: string;
    readonly debit: string;
    readonly credit: string;
    readonly closing: string;
  }[];
}

/** Closes a month as an approver and the worker do: asked for, sealed, ended; its leaf is sealed as well. */
export async function closeMonth(desk: Desk, period: string): Promise<ClosedMonth> {
  const asked = await desk.call(`/v1/periods/${period}/close`, { method: 'POST' });
  if (asked.status !== 202)
    throw new Error(`closing ${period} was answered with ${asked.status} ${JSON.stringify(asked.body)}`);
  await desk.seal();
  await closePeriods(desk.service.parts);
  await desk.seal();
  const { items } = (await desk.call<{ items: readonly ClosedMonth[] }>('/v1/periods')).body;
  const closed = items.find((each) => each.period === period);
  if (closed?.state !== 'closed') throw new Error(`${period} is ${closed?.state ?? 'not there'}`);
  return closed;
}
