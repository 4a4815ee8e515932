import { parseRate } from '#ledger';
import { z } from 'zod';
import { Day } from '../reports/report-query.ts';
import { Instant } from '../wire.ts';

export const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, as "USD"');
const RateBody = z
  .strictObject({
    base: currency,
    quote: currency,
    rate: z
      .string()
      .refine((text) => parseRate(text) !== null, 'must be a positive decimal string, as "1.0842"')
      .meta({ description: 'Units of quote for one of base, exactly' }),
    day: Day.meta({ description: 'UTC day from which it is the rate' }),
    source: z.string().trim().min(1).max(200),
    toldAt: Instant.nullish(),
  })
  .refine(({ base, quote }) => base !== quote, { message: 'is the base itself', path: ['quote'] })
  .meta({ id: 'NewFxRate' });
export const Rates = z.strictObject({ rates: z.array(RateBody).min(1).max(1000) }).meta({ id: 'NewFxRates' });
type Rate = z.infer<typeof Rates>['rates'][number];

/** A rate as it is stored. */
export const toRateRow = ({ toldAt, ...rate }: Rate) => ({ ...rate, toldAtUs: toldAt ?? null });
