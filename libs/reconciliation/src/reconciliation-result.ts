import { formatPico, VARIANCE_KINDS } from '#model';
import { z } from 'zod';
import { BILL_CLASSES } from './bill-line.ts';
import type { BillComparison, ComparedKey } from './compare-bill.ts';
import { labelVariance, type ModelVariance } from './label-variance.ts';
import type { MatchKey } from './match-key.ts';

const money = z.string().meta({ description: 'Exact decimal in the currency of the comparison' });
const quantity = z.string().meta({ description: 'Whole number' });

const key = z.object({
  day: z.string().nullable().meta({ description: 'UTC; null: the bill does not tell it of every line' }),
  model: z.string().nullable(),
  billClass: z.enum(BILL_CLASSES).nullable(),
  serviceTier: z.string().nullable(),
});

/** A document in another currency than the charges, and the rates it was compared and booked by. */
const foreignBillSchema = z.object({
  number: z.string().nullable().meta({ description: 'null = a report; nothing of it is booked' }),
  format: z.string(),
  currency: z.string(),
  billed: money.nullable().meta({ description: 'In its own currency; null = it tells no amount' }),
  booked: money.nullable().meta({ description: 'The same in the currency of the comparison, by `rate`' }),
  rate: z.string().nullable().meta({
    description: 'Of our books, of the last day of the usage month: `EUR/USD 1.0842, ecb, 2026-10-30`',
  }),
  statedRate: z.string().nullable().meta({ description: 'On the bill itself' }),
  fx: money.meta({ description: '`booked` less the same at the stated rate: the fx variance of it' }),
});
export type ForeignBill = z.infer<typeof foreignBillSchema>;

/** A document that could not be compared. What it bills stands as payable, and nothing as variance. */
export const notComparedSchema = foreignBillSchema
  .pick({ number: true, format: true, currency: true, billed: true })
  .extend({ reason: z.string() })
  .meta({ id: 'BillNotCompared' });
export type NotCompared = z.infer<typeof notComparedSchema>;

/** What a comparison of a bill with our charges says, as it is stored and shown. */
export const reconciliationResultSchema = z
  .object({
    currency: z.string().meta({ description: 'Of our charges' }),
    isBooked: z
      .boolean()
      .default(false)
      .meta({ description: 'An invoice with a number clears what was accrued in this currency' }),
    foreign: z
      .array(foreignBillSchema)
      .default([])
      .meta({ description: 'What of the bill is in another currency, and was converted' }),
    billed: money,
    charged: money.meta({ description: 'Sum of our own charges of the same days' }),
    difference: money.meta({ description: 'billed - charged: the sum of the kinds' }),
    variance: z.partialRecord(z.enum(VARIANCE_KINDS), money),
    models: z.array(
      z.object({
        model: z.string().nullable(),
        billed: money,
        charged: money,
        billedTokens: quantity.nullable(),
        tracedTokens: quantity,
        coverage: z
          .string()
          .nullable()
          .meta({ description: 'Traced over billed tokens, 4 places, rounded down' }),
        verdict: z.enum(['consistent', 'differs', 'not_covered']).meta({
          description:
            'consistent: within 1 unit or 0.5 %, and at least 95 % of the tokens traced. Never "verified": a bill is the ' +
            "provider's own meter",
        }),
        labels: z.array(z.string()).meta({ description: 'What the pattern suggests; a hint' }),
      }),
    ),
    keys: z.array(
      key.extend({
        billedQuantity: quantity.nullable(),
        tracedQuantity: quantity,
        billed: money,
        charged: money,
        coverage: money,
        rate: money,
        unexplained: money,
        isPricedByBook: z.boolean(),
      }),
    ),
    keysLeftOut: z.int().meta({ description: 'Keys beyond those shown; they are in every sum' }),
    unpricedKeys: z
      .array(key)
      .meta({ description: 'Billed quantities without an amount or a price; in no sum' }),
  })
  .meta({ id: 'BillComparison' });
export type ReconciliationResult = z.infer<typeof reconciliationResultSchema>;

/** @param maxKeys keys that are listed, those with the largest differences first */
export function toReconciliationResult(
  comparison: BillComparison,
  { currency, isBooked, foreign }: Pick<ReconciliationResult, 'currency' | 'isBooked' | 'foreign'>,
  maxKeys: number,
): ReconciliationResult {
  const sorted = [...comparison.keys].sort((a, b) => compareSizes(differenceOf(b), differenceOf(a)));
  return {
    currency,
    isBooked,
    foreign: [...foreign],
    billed: formatPico(comparison.totalPico),
    charged: formatPico(comparison.ownPico),
    difference: formatPico(comparison.totalPico - comparison.ownPico),
    variance: Object.fromEntries(
      [...comparison.variancePico].map(([kind, amountPico]) => [kind, formatPico(amountPico)]),
    ),
    models: labelVariance(comparison.keys).map(toModel),
    keys: sorted.slice(0, maxKeys).map(toKey),
    keysLeftOut: Math.max(0, sorted.length - maxKeys),
    unpricedKeys: comparison.unpricedKeys.slice(0, maxKeys).map(nameOf),
  };
}

const differenceOf = ({ billedPico, ownPico }: ComparedKey): bigint =>
  billedPico > ownPico ? billedPico - ownPico : ownPico - billedPico;
const compareSizes = (a: bigint, b: bigint): number => (a === b ? 0 : a < b ? -1 : 1);

const nameOf = ({ day, model, billClass, serviceTier }: MatchKey) => ({ day, model, billClass, serviceTier });

const toKey = (each: ComparedKey): ReconciliationResult['keys'][number] => ({
  ...nameOf(each),
  billedQuantity: each.billedQuantity?.toString() ?? null,
  tracedQuantity: each.ownQuantity.toString(),
  billed: formatPico(each.billedPico),
  charged: formatPico(each.ownPico),
  coverage: formatPico(each.coveragePico),
  rate: formatPico(each.ratePico),
  unexplained: formatPico(each.unexplainedPico),
  isPricedByBook: each.isPricedByBook,
});

const toModel = (each: ModelVariance): ReconciliationResult['models'][number] => ({
  model: each.model,
  billed: formatPico(each.billedPico),
  charged: formatPico(each.ownPico),
  billedTokens: each.billedTokens?.toString() ?? null,
  tracedTokens: each.ownTokens.toString(),
  coverage: each.coverage === null ? null : formatPico(each.coverage * 100_000_000n),
  verdict: each.verdict,
  labels: [...each.labels],
});
