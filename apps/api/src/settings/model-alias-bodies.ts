import { modelAliasSchema } from '#pricing';
import { z } from 'zod';

export const AliasesBody = z
  .strictObject({
    source: z.string().min(1).max(500).default('declared').meta({ description: 'Who says so, for people' }),
    aliases: z.array(modelAliasSchema).min(1).max(1000),
  })
  .meta({ id: 'NewModelAliases' });
