import { selfHostedInputsSchema } from '#pricing';
import { z } from 'zod';

export const RateBody = z
  .strictObject({
    source: z.string().min(1).max(500).default('declared').meta({
      description: 'Where the figures come from: the invoice, the measurement',
    }),
    rate: selfHostedInputsSchema,
  })
  .meta({ id: 'NewSelfHostedRate' });
