import { parsePico, roundHalfEven, type Asset } from '#model';
import { z } from 'zod';

const decimal = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string with at most 6 places, as "42.50"');
const role = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, "_" and "-"');
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, as "USD"');
const positive = decimal.refine((text) => /[1-9]/.test(text), 'must be more than 0');

/**
 * What `policies.rule` holds under the name `labour_rates`: what an hour of a role costs, given as such or as its fully
 * loaded cost over its practical hours (time-driven activity-based costing, methods.md 7.1).
 */
export const labourRatesPolicySchema = z
  .strictObject({
    rates: z
      .array(
        z
          .strictObject({
            role,
            currency,
            amountPerHour: decimal.optional(),
            fullyLoadedCost: decimal.optional(),
            practicalHours: positive.optional(),
          })
          .refine(
            (rate) =>
              (rate.amountPerHour === undefined) !==
              (rate.fullyLoadedCost === undefined || rate.practicalHours === undefined),
            'give either amountPerHour or fullyLoadedCost and practicalHours',
          ),
      )
      .min(1)
      .max(200)
      .refine(
        (rates) => new Set(rates.map((rate) => rate.role)).size === rates.length,
        'a role is named twice',
      ),
    handedOff: z
      .strictObject({ role, minutes: positive })
      .nullable()
      .default(null)
      .meta({ description: 'What each handed_off event costs in minutes of a role; null = not priced' }),
    humanSteps: z.strictObject({ role }).nullable().default(null).meta({
      description: 'The role whose time the human steps of traces take; null = counted, not priced',
    }),
  })
  .refine(
    ({ rates, handedOff, humanSteps }) =>
      [handedOff, humanSteps].every((use) => use === null || rates.some((rate) => rate.role === use.role)),
    'handedOff and humanSteps must name a role that has a rate',
  )
  .meta({ id: 'LabourRatesPolicyRule' });
export type LabourRates = z.infer<typeof labourRatesPolicySchema>;

/** What an hour costs. */
export interface HourlyRate {
  readonly asset: Asset;
  readonly picoPerHour: bigint;
}

/** @returns the rate of a role, rounded half-even to the pico when it is made; null for a role without one */
export function hourlyRate(rates: LabourRates, ofRole: string): HourlyRate | null {
  const rate = rates.rates.find((each) => each.role === ofRole);
  if (rate === undefined) return null;
  const asset: Asset = `${rate.currency}/12`;
  if (rate.amountPerHour !== undefined) return { asset, picoPerHour: parsePico(rate.amountPerHour)! };
  const [cost, hours] = [parsePico(rate.fullyLoadedCost!)!, parsePico(rate.practicalHours!)!];
  return { asset, picoPerHour: roundHalfEven(cost * 10n ** 12n, hours) };
}
