import { z } from 'zod';

/**
 * For strict query schemas: says which parameters there are. A mistyped filter that was passed over would answer another
 * question than the one that was asked.
 */
export const tellParameters: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject
    ? `${issue.keys.join(', ')} is no parameter here: there are ${Object.keys(issue.inst.shape).join(', ')}`
    : undefined;
