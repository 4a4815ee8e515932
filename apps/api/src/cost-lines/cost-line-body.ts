import { COST_LINE_KINDS, TIME_UNITS } from '#ledger';
import { formatPico, parsePico, parseRef, RESERVED_REF_KINDS } from '#model';
import type { StoredCostLine } from '#store';
import { z } from 'zod';
import { formatWireTime, Money, Time } from '../wire.ts';

const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, as "USD"');
const amount = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,12})?$/, 'must be a decimal string under a million, as "4.20"');
const money = z.strictObject({ amount, currency });
const text = (maximum: number) => z.string().trim().min(1).max(maximum);

/** What was paid for a work item beside the calls of agents. */
export const CostLineBody = z
  .strictObject({
    source: text(200).meta({ description: 'Who tells it; with id it names the line for ever' }),
    id: text(200),
    workItem: z.strictObject({
      kind: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and "_", beginning with a letter')
        .refine((kind) => RESERVED_REF_KINDS.every((reserved) => reserved !== kind), 'is reserved'),
      key: text(512),
    }),
    kind: z.enum(COST_LINE_KINDS),
    occurredAt: z.string().meta({ description: 'RFC 3339 time with an offset' }),
    amount: money.optional().meta({ description: 'What it cost' }),
    quantity: z
      .string()
      .regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be a decimal string with at most 6 places, as "6.5"')
      .optional(),
    unit: text(32)
      .optional()
      .meta({ description: `Of the quantity; ${Object.keys(TIME_UNITS).join(', ')} are time` }),
    rate: money.optional().meta({ description: 'Per unit' }),
    role: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, "_" and "-"')
      .optional()
      .meta({
        description: 'Of a person, priced by the policy labour_rates where there is no amount or rate',
      }),
    billedBy: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, ".", "_" and "-"')
      .optional()
      .meta({ description: 'The provider that sends an invoice for it; absent = imputed' }),
    attempt: z.guid().optional(),
    trace: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits')
      .optional(),
    supersedes: text(200).optional().meta({
      description: 'The id of an earlier line of the same source and work item that this one replaces',
    }),
  })
  .refine((line) => line.amount === undefined || line.rate === undefined, {
    message: 'give an amount or a rate, not both',
    path: ['rate'],
  })
  .refine((line) => line.amount !== undefined || line.quantity !== undefined, {
    message: 'is needed where there is no amount',
    path: ['quantity'],
  })
  .refine((line) => (line.quantity === undefined) === (line.unit === undefined), {
    message: 'goes with a quantity',
    path: ['unit'],
  })
  .refine((line) => line.supersedes !== line.id, { message: 'is the line itself', path: ['supersedes'] })
  .meta({ id: 'NewCostLine' });
export type CostLineBody = z.infer<typeof CostLineBody>;

export const CostLineView = z
  .object({
    lineId: z.guid().meta({ description: 'Names the line in the evidence log' }),
    source: z.string(),
    id: z.string(),
    workItem: z.object({ kind: z.string(), key: z.string() }),
    kind: z.string(),
    occurredAt: Time,
    amount: z.object({ amount: Money, currency: z.string() }).nullable(),
    quantity: z.string().nullable(),
    unit: z.string().nullable(),
    rate: z.object({ amount: Money, currency: z.string() }).nullable(),
    role: z.string().nullable(),
    billedBy: z.string().nullable(),
    attempt: z.string().nullable(),
    trace: z.string().nullable(),
    supersedes: z.string().nullable(),
    receivedAt: Time,
    receivedBy: z.guid(),
  })
  .meta({ id: 'CostLine' });

/** What `cost_lines.body` holds: amounts in pico, quantities in millionths, as decimal text. */
export const StoredBody = z.object({
  quantityMicro: z.string().nullable(),
  unit: z.string().nullable(),
  role: z.string().nullable(),
  rate: z.object({ amountPico: z.string(), asset: z.string() }).nullable(),
  amount: z.object({ amountPico: z.string(), asset: z.string() }).nullable(),
  biller: z.string().nullable(),
  attemptId: z.string().nullable(),
  traceId: z.string().nullable(),
});

export function toStoredBody(line: CostLineBody): z.infer<typeof StoredBody> {
  const stored = (given: CostLineBody['amount']) =>
    given === undefined
      ? null
      : { amountPico: parsePico(given.amount)!.toString(), asset: `${given.currency}/12` };
  return {
    quantityMicro: line.quantity === undefined ? null : (parsePico(line.quantity)! / 1_000_000n).toString(),
    unit: line.unit ?? null,
    role: line.role ?? null,
    rate: stored(line.rate),
    amount: stored(line.amount),
    biller: line.billedBy ?? null,
    attemptId: line.attempt?.toLowerCase() ?? null,
    traceId: line.trace ?? null,
  };
}

export function toCostLineView(stored: StoredCostLine): z.infer<typeof CostLineView> {
  const body = StoredBody.parse(stored.body);
  const shown = (money: (typeof body)['amount']) =>
    money === null
      ? null
      : { amount: formatPico(BigInt(money.amountPico)), currency: money.asset.split('/')[0]! };
  const { kind, key } = parseRef(stored.ref);
  return {
    lineId: stored.surrogateId,
    source: stored.source,
    id: stored.lineId,
    workItem: { kind, key },
    kind: stored.kind,
    occurredAt: formatWireTime(stored.occurredAtUs),
    amount: shown(body.amount),
    quantity: body.quantityMicro === null ? null : formatPico(BigInt(body.quantityMicro) * 1_000_000n),
    unit: body.unit,
    rate: shown(body.rate),
    role: body.role,
    billedBy: body.biller,
    attempt: body.attemptId,
    trace: body.traceId,
    supersedes: stored.supersedes,
    receivedAt: formatWireTime(stored.receivedAtUs),
    receivedBy: stored.receivedBy,
  };
}
