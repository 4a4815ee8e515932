import { accountClass, previewSummarySchema } from '#ledger';
import { formatAmount, parseRef, type Asset } from '#model';
import type { CauseDelta, PreviewRow } from '#store';
import { z } from 'zod';
import { Change, chargesMoved, currencyOf, DeltaSums, toDeltaSums } from '../ledger/cause-views.ts';
import { formatWireTime, Json, Money, Time } from '../wire.ts';
import { PREVIEW_KINDS } from './preview-kind.ts';

export const PreviewView = z
  .object({
    previewId: z.guid(),
    kind: z.enum(PREVIEW_KINDS),
    state: z.enum(['open', 'done', 'failed', 'expired']),
    digest: z.string().meta({ description: 'Base64 SHA-256 of the RFC 8785 text of kind and body' }),
    body: Json.meta({ description: 'What was asked about; of a price list how many rows' }),
    root: z.string().nullable().meta({
      description: 'Of a price list: RFC 6962 root of the rows it would record; null = none',
    }),
    requestedAt: Time,
    requestedBy: z.guid(),
    doneAt: Time.nullable(),
    expiresAt: Time,
    fromSize: z.int().meta({ description: 'Size of the log when it was asked for' }),
    toSize: z.int().nullable().meta({
      description: 'And when it was done: where both are the same, the books stood still',
    }),
    tracesKnown: z.int().meta({ description: 'Traces of the tenant when it was asked for' }),
    tracesDone: z.int(),
    tracesFailed: z
      .int()
      .meta({ description: 'Traces that could not be worked: what they move is missing in the sums' }),
    isNothing: z.boolean().meta({ description: 'What stands says all of this already' }),
    failure: z.string().nullable().meta({ description: 'Why it cannot be worked out' }),
    error: z.string().nullable().meta({ description: 'What last kept it from moving on' }),
    charges: Change.meta({ description: 'By how much all charges would change' }),
    moved: z
      .object({ charges: z.int(), traces: z.int(), items: z.int() })
      .meta({ description: 'How many charges, traces and work items would move' }),
    decision: z.enum(['approved', 'declined']).nullable(),
    decidedAt: Time.nullable(),
    decidedBy: z.guid().nullable(),
  })
  .meta({ id: 'Preview' });
type View = z.infer<typeof PreviewView>;

export const PreviewDetail = PreviewView.extend({
  ...DeltaSums.shape,
  byAccountClass: z.array(
    z.object({ currency: z.string(), number: z.string(), name: z.string(), amount: Money }),
  ),
  byUsageMonth: z.array(z.object({ currency: z.string(), month: z.string(), amount: Money })),
  otherwise: Change.meta({
    description:
      'What the same traces would be posted for without the change, because it has not been done yet',
  }),
  largest: z
    .array(
      z.object({
        currency: z.string(),
        amount: Money.meta({ description: '+ debit, - credit' }),
        account: z.string(),
        traceId: z.string().nullable(),
        spanId: z.string().nullable().meta({ description: 'The step that was charged' }),
        workItem: z.object({ kind: z.string(), key: z.string() }).nullable(),
      }),
    )
    .meta({ description: 'The 20 largest moves of each currency, on accounts of cost' }),
}).meta({ id: 'PreviewDetail' });

/** @param nowUs the server's time */
export function toPreviewView(preview: PreviewRow, deltas: readonly CauseDelta[], nowUs: bigint): View {
  const time = (us: bigint | null): string | null => (us === null ? null : formatWireTime(us));
  const { charges, traces, items, isNothing, failure } = previewSummarySchema.parse(preview.summary);
  return {
    previewId: preview.previewId,
    kind: z.enum(PREVIEW_KINDS).parse(preview.kind),
    state: stateOf(preview, failure, nowUs),
    digest: preview.digest.toString('base64'),
    body: Json.parse(preview.body),
    root: preview.root,
    requestedAt: formatWireTime(preview.requestedAtUs),
    requestedBy: preview.requestedBy,
    doneAt: time(preview.doneAtUs),
    expiresAt: formatWireTime(preview.expiresAtUs),
    fromSize: preview.fromSize,
    toSize: preview.toSize,
    tracesKnown: preview.tracesKnown,
    tracesDone: preview.tracesDone,
    tracesFailed: preview.tracesFailed,
    isNothing,
    failure,
    error: preview.error,
    charges: chargesMoved(deltas),
    moved: { charges, traces, items },
    decision: preview.decision,
    decidedAt: time(preview.decidedAtUs),
    decidedBy: preview.decidedBy,
  };
}

export function toPreviewDetail(
  preview: PreviewRow,
  deltas: readonly CauseDelta[],
  nowUs: bigint,
): z.infer<typeof PreviewDetail> {
  const { usageMonths, otherwise, moves } = previewSummarySchema.parse(preview.summary);
  return {
    ...toPreviewView(preview, deltas, nowUs),
    ...toDeltaSums(deltas),
    byAccountClass: byAccountClass(deltas),
    byUsageMonth: entriesOf(usageMonths).map(([key, amount]) => {
      const [asset = '', month = ''] = key.split(' ');
      return { currency: currencyOf(asset), month, amount: textOf(amount, asset) };
    }),
    otherwise: entriesOf(otherwise).map(([asset, amount]) => ({
      currency: currencyOf(asset),
      amount: textOf(amount, asset),
    })),
    largest: moves.map(({ asset, amount, account, traceId, spanId, workItemRef }) => ({
      currency: currencyOf(asset),
      amount: textOf(amount, asset),
      account,
      traceId,
      spanId,
      workItem: workItemRef === null ? null : nameOf(workItemRef),
    })),
  };
}

function stateOf(
  { doneAtUs, expiresAtUs }: PreviewRow,
  failure: string | null,
  nowUs: bigint,
): View['state'] {
  if (expiresAtUs <= nowUs) return 'expired';
  if (failure !== null) return 'failed';
  return doneAtUs === null ? 'open' : 'done';
}

function byAccountClass(deltas: readonly CauseDelta[]): z.infer<typeof PreviewDetail>['byAccountClass'] {
  const sums = new Map<string, { asset: Asset; number: string; name: string; sum: bigint }>();
  for (const { asset, account, amount } of deltas) {
    const { number, name } = accountClass(account) ?? { number: account.split(':')[0]!, name: account };
    const key = `${number} ${asset}`;
    const known = sums.get(key);
    if (known === undefined) sums.set(key, { asset, number, name, sum: amount });
    else known.sum += amount;
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { asset, number, name, sum }]) => ({
      currency: currencyOf(asset),
      number,
      name,
      amount: formatAmount(sum, asset),
    }));
}

const entriesOf = (sums: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1));
const isAsset = (text: string): text is Asset => /\/\d+$/.test(text);
const textOf = (amount: string, asset: string): string =>
  isAsset(asset) ? formatAmount(BigInt(amount), asset) : amount;
const nameOf = (ref: string): { kind: string; key: string } => {
  const { kind, key } = parseRef(ref);
  return { kind, key };
};
