import { z } from 'zod';

/**
 * What `policies.rule` holds under the name `fx`: which dated rate converts a charge into the currency of a report.
 */
export const fxPolicySchema = z
  .strictObject({
    basis: z.enum(['usage_day', 'month_end']).default('usage_day').meta({
      description: 'The rate of the day the usage began, or of the last day of its month',
    }),
    source: z
      .string()
      .min(1)
      .max(200)
      .nullable()
      .default(null)
      .meta({ description: 'Only rates of this source; null = any, the newest told' }),
    maxAgeDays: z
      .int()
      .min(0)
      .max(366)
      .default(7)
      .meta({ description: 'How old a rate may be on the day it is used; older is missing' }),
  })
  .meta({ id: 'FxPolicyRule' });
export type FxPolicy = z.infer<typeof fxPolicySchema>;

export const SHIPPED_FX_POLICY: FxPolicy = { basis: 'usage_day', source: null, maxAgeDays: 7 };
