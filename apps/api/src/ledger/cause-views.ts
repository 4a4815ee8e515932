import { formatAmount, RejectedInput, type Asset } from '#model';
import { readCauseDeltas, type CauseDelta, type CauseRow, type Client } from '#store';
import { z } from 'zod';
import { formatWireTime, Money, Time } from '../wire.ts';

const Delta = z.object({
  currency: z.string(),
  code: z.string(),
  period: z.string().meta({ description: 'The posting period' }),
  account: z.string(),
  workflow: z.string().nullable(),
  amount: Money.meta({ description: '+ debit, - credit' }),
  entries: z.int(),
});
export const Change = z.array(z.object({ currency: z.string(), amount: Money }));

export const CauseView = z
  .object({
    causeId: z.string(),
    kind: z.string(),
    state: z.enum(['open', 'done']),
    openedAt: Time,
    doneAt: Time.nullable(),
    openedIndex: z.int().nullable().meta({
      description:
        'Place of its cause.open leaf; sizes of the log above it, up to doneIndex, are not settled',
    }),
    doneIndex: z.int().nullable().meta({ description: 'Place of its cause.done leaf' }),
    tracesDone: z.int(),
    tracesFailed: z
      .int()
      .meta({ description: 'Handed over to be tried again; see set-aside when they fail on' }),
    advancedAt: Time.nullable(),
    error: z.string().nullable(),
    charges: Change.meta({ description: 'By how much all charges changed' }),
  })
  .meta({ id: 'Cause' });
/** Every side of what a rule moves; each list sums to the same change of charges. */
export const DeltaSums = z.object({
  byCode: z.array(z.object({ currency: z.string(), code: z.string(), amount: Money })).meta({
    description: 'The change of charges by transaction code; 0 where cost only moved',
  }),
  byPeriod: z.array(z.object({ currency: z.string(), period: z.string(), amount: Money })),
  byAccount: z.array(z.object({ currency: z.string(), account: z.string(), amount: Money })),
  byWorkflow: z.array(z.object({ currency: z.string(), workflow: z.string().nullable(), amount: Money })),
  deltas: z.array(Delta),
});
export const CauseDetail = CauseView.extend(DeltaSums.shape).meta({ id: 'CauseDetail' });

export function toCauseView(cause: CauseRow, deltas: readonly CauseDelta[]): z.infer<typeof CauseView> {
  const time = (us: bigint | null): string | null => (us === null ? null : formatWireTime(us));
  return {
    causeId: cause.causeId,
    kind: cause.kind,
    state: cause.doneAtUs === null ? 'open' : 'done',
    openedAt: formatWireTime(cause.openedAtUs),
    doneAt: time(cause.doneAtUs),
    openedIndex: cause.openedIndex,
    doneIndex: cause.doneIndex,
    tracesDone: cause.tracesDone,
    tracesFailed: cause.tracesFailed,
    advancedAt: time(cause.advancedAtUs),
    error: cause.error,
    charges: chargesMoved(deltas),
  };
}

/** By how much all charges change. */
export const chargesMoved = (deltas: readonly CauseDelta[]): z.infer<typeof Change> =>
  sumBy(deltas.filter(isCost), () => ({}));

export const toCauseDetail = (
  cause: CauseRow,
  deltas: readonly CauseDelta[],
): z.infer<typeof CauseDetail> => ({ ...toCauseView(cause, deltas), ...toDeltaSums(deltas) });

export function toDeltaSums(deltas: readonly CauseDelta[]): z.infer<typeof DeltaSums> {
  const costs = deltas.filter(isCost);
  return {
    byCode: sumBy(costs, ({ code }) => ({ code })),
    byPeriod: sumBy(costs, ({ period }) => ({ period })),
    byAccount: sumBy(costs, ({ account }) => ({ account })),
    byWorkflow: sumBy(costs, ({ workflow }) => ({ workflow: nameOf(workflow) })),
    deltas: deltas.map(({ asset, amount, workflow, ...delta }) => ({
      ...delta,
      workflow: nameOf(workflow),
      currency: currencyOf(asset),
      amount: formatAmount(amount, asset),
    })),
  };
}

/** @throws RejectedInput `not_found` */
export async function withDeltas(
  client: Client,
  tenantId: bigint,
  cause: CauseRow | undefined,
  what: string,
): Promise<z.infer<typeof CauseDetail>> {
  if (cause === undefined) throw new RejectedInput('not_found', `there is no ${what} of this id`);
  return toCauseDetail(cause, await readCauseDeltas(client, tenantId, cause.causeId));
}

/** Where charges sit; the other side is what is owed for them. */
const isCost = ({ account }: CauseDelta): boolean => account.startsWith('5');
export const currencyOf = (asset: string): string => asset.split('/')[0]!;
const nameOf = (workflow: string): string | null => (workflow === '' ? null : workflow);

function sumBy<Key extends object>(
  deltas: readonly CauseDelta[],
  keyOf: (delta: CauseDelta) => Key,
): (Key & { currency: string; amount: string })[] {
  const sums = new Map<string, { key: Key; asset: Asset; amount: bigint }>();
  for (const delta of deltas) {
    const key = keyOf(delta);
    const id = JSON.stringify([delta.asset, key]);
    const known = sums.get(id);
    if (known === undefined) sums.set(id, { key, asset: delta.asset, amount: delta.amount });
    else known.amount += delta.amount;
  }
  return [...sums.values()].map(({ key, asset, amount }) => ({
    ...key,
    currency: currencyOf(asset),
    amount: formatAmount(amount, asset),
  }));
}
