import { z } from 'zod';
import { Instant, LogSize, PageSize } from '../wire.ts';

const At = z.strictObject({
  size: LogSize.optional().meta({
    description: 'Leaves of the log that are read; the newest settled size otherwise',
  }),
  at: Instant.optional().meta({ description: 'Instead: the newest settled size that was sealed by then' }),
});
const oneOfSizeAndAt = ({ size, at }: z.infer<typeof At>): boolean => size === undefined || at === undefined;
const ONE_OF = { message: 'give either size or at', path: ['at'] };

/** `none` opens nothing; whatever else needs a grant, and is noted in the access log. */
const Content = z
  .enum(['none', 'read', 'text'])
  .default('none')
  .meta({
    description:
      'read: open what was said and seen, to tell what was seen, used and changed; text: and answer with it. Both need ' +
      'a grant, and are noted in the access log',
  });
const Order = z
  .enum(['recorded', 'observed'])
  .default('recorded')
  .meta({ description: 'By the log, or by when things happened' });

export const StepQuery = At.extend({
  content: Content,
  proof: z.enum(['0', '1']).default('0').meta({ description: '1: with the inclusion proof of its leaf' }),
}).refine(oneOfSizeAndAt, ONE_OF);

export const StateQuery = At.extend({ order: Order }).refine(oneOfSizeAndAt, ONE_OF);

export const ReplayQuery = At.extend({
  order: Order,
  content: Content,
  format: z
    .enum(['json', 'canonical', 'text'])
    .default('json')
    .meta({ description: 'canonical: the very bytes that the digest is of; text: to be read' }),
}).refine(oneOfSizeAndAt, ONE_OF);

export const ReevaluationQuery = At.extend({ format: z.enum(['json', 'text']).default('json') }).refine(
  oneOfSizeAndAt,
  ONE_OF,
);

export const TrailName = z
  .string()
  .min(3)
  .max(600)
  .meta({ description: 'The id of the work item in the evidence log, or `kind:key`' });

export const DiffQuery = At.extend({
  a: TrailName,
  b: TrailName,
  content: Content,
  format: z.enum(['json', 'text']).default('json'),
}).refine(oneOfSizeAndAt, ONE_OF);

export const PrecedentsQuery = z.strictObject({
  trail: TrailName,
  as_of: Instant.optional().meta({ description: 'Only what was closed and sealed by then; now otherwise' }),
  limit: PageSize,
});

export const EntryNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be the number of an entry, from 1')
  .transform(Number);
