import { TOKEN_BUCKETS, type TokenBucket, type UsageUnit } from '#model';
import { z } from 'zod';
import { modelMatchSchema } from './model-match.ts';

export const USAGE_UNITS = [
  'request',
  'search',
  'image',
  'audio_second',
  'tool_call',
] as const satisfies readonly UsageUnit[];

/** What a price stands on: a token class (per token) or a unit (per request, search, image, second, call). */
export type PriceClass = TokenBucket | UsageUnit;
export const PRICE_CLASSES: readonly PriceClass[] = [...TOKEN_BUCKETS, ...USAGE_UNITS];

/** Service tiers with a price of their own; the standard tier is `null` on a row. */
export const SERVICE_TIERS = ['batch', 'flex', 'priority', 'scale', 'provisioned', 'fast'] as const;
export type ServiceTier = (typeof SERVICE_TIERS)[number];

/** Decimal digits of a whole number of pico-units, at most 18 of them. */
const picoText = z.string().regex(/^(0|[1-9]\d{0,17})$/, 'a whole number of pico-units as decimal text');
const countText = z.string().regex(/^(0|[1-9]\d{0,17})$/, 'a whole number as decimal text');
/** Null: the source states a price that cannot be stored exactly; use of the class is unpriced, without a fallback. */
const prices = z.partialRecord(z.enum([...TOKEN_BUCKETS, ...USAGE_UNITS]), picoText.nullable());
const instant = z.iso.datetime({ precision: 0, message: 'a UTC time like 2026-09-01T00:00:00Z' });
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, 'a UTC time of day like 16:30:00');
const name = z.string().min(1).max(512);

/**
 * A price row as it stands in `prices.rule`: one model of one provider, one period, one service tier.
 * Every number is decimal text. Prices are whole pico-units of `asset` per token or unit
 * ($3 per million tokens = `"3000000"`).
 */
export const priceRowSchema = z
  .strictObject({
    priceId: z.uuid(),
    /** Decimal text of the tenant; `"0"` for the shipped book. */
    tenantId: countText,
    book: z.string().min(1).max(100),
    version: z.int().min(1),
    /** Canonical id of who bills (`openai`, `aws`, ...); `*` for any provider, in a tenant's own book. */
    provider: z.string().min(1).max(100),
    /** The catalogue's name of the model. Names are recognised by `match`, not by this. */
    model: name,
    match: modelMatchSchema,
    /** Order of rows of one provider whose patterns overlap: the smallest wins. */
    rank: z.int().min(0),
    /** Providers that sell this model at this price where they have no row of their own. */
    resellers: z.array(z.string().min(1).max(100)).max(20),
    /** Inclusive; null = from the beginning. */
    validFrom: instant.nullable(),
    /** Exclusive; null = open. */
    validTo: instant.nullable(),
    /** Every day from (inclusive) to (exclusive), UTC, over midnight when `to` is before `from`; null = all day. */
    dailyWindow: z.strictObject({ from: timeOfDay, to: timeOfDay }).nullable(),
    asset: z.templateLiteral([z.string().regex(/^[A-Z][A-Z0-9]{2,9}$/), '/12']),
    serviceTier: z.enum(SERVICE_TIERS).nullable(),
    prices,
    /** Prices instead of `prices` for requests whose whole prompt is strictly above the threshold. */
    contextTiers: z.array(z.strictObject({ aboveTokens: countText, prices })).max(10),
    /** A newer version that takes the row of the same key back: nothing is priced by it. */
    isWithdrawn: z.boolean(),
    /** What a derived rate was made from; empty for prices that were read. */
    inputs: z.record(z.string().max(100), z.string().max(500)),
    /**
     * For a model alias: what the matched names mean, and who bills where that is not said by the span. Such a row
     * has no prices: the model it means is priced by its own rows. Absent on a price.
     */
    aliasOf: z.strictObject({ provider: z.string().min(1).max(100).nullable(), model: name }).optional(),
  })
  .refine((row) => row.isWithdrawn || row.aliasOf !== undefined || hasPrice(row.prices), {
    message: 'a row needs at least one price',
    path: ['prices'],
  })
  .refine((row) => row.aliasOf === undefined || Object.keys(row.prices).length === 0, {
    message: 'an alias has no prices: the model it means has',
    path: ['prices'],
  })
  .refine((row) => row.aliasOf === undefined || row.serviceTier === null, {
    message: 'an alias holds for every service tier',
    path: ['serviceTier'],
  })
  .refine((row) => row.validFrom === null || row.validTo === null || row.validFrom < row.validTo, {
    message: 'validTo must be after validFrom',
    path: ['validTo'],
  });

/** Whether a table states any price at all. */
export function hasPrice(table: PriceTable): boolean {
  return Object.values(table).some((price) => price !== null);
}

export type PriceTable = z.infer<typeof prices>;
export type PriceRow = Readonly<z.infer<typeof priceRowSchema>>;
