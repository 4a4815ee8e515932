import { z } from 'zod';
import { Instant, LogSize } from '../wire.ts';

export const AtQuery = z.strictObject({
  size: LogSize.optional().meta({
    description: 'Leaves of the log that are read; the newest settled size otherwise',
  }),
  at: Instant.optional().meta({ description: 'Instead: the newest settled size that was sealed by then' }),
});
const oneOfSizeAndAt = ({ size, at }: z.infer<typeof AtQuery>): boolean =>
  size === undefined || at === undefined;
export const ONE_OF = { message: 'give either size or at', path: ['at'] };

export const StepQuery = AtQuery.extend({
  proof: z.enum(['0', '1']).default('0').meta({ description: '1: with the inclusion proof of its leaf' }),
}).refine(oneOfSizeAndAt, ONE_OF);

export const StateQuery = AtQuery.refine(oneOfSizeAndAt, ONE_OF);

export const ReplayQuery = AtQuery.extend({
  order: z
    .enum(['recorded', 'observed'])
    .default('recorded')
    .meta({ description: 'By the log, or by when things happened' }),
  format: z
    .enum(['json', 'canonical', 'text'])
    .default('json')
    .meta({ description: 'canonical: the very bytes that the digest is of; text: to be read' }),
}).refine(oneOfSizeAndAt, ONE_OF);

export const TrailName = z
  .string()
  .min(3)
  .max(600)
  .meta({ description: 'The id of the work item in the evidence log, or `kind:key`' });
export const EntryNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be the number of an entry, from 1')
  .transform(Number);
