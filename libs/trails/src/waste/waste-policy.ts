import { z } from 'zod';

const toolNames = z.array(z.string().min(1).max(256)).max(500).default([]);

/**
 * What `policies.rule` holds under the name `waste`: what only the tenant knows of its tools and agents. Everything has
 * a default under which less is called waste.
 */
export const wastePolicySchema = z
  .strictObject({
    pollingTools: toolNames.meta({
      description: 'Asked again and again by design: W3 and W4 leave them out',
    }),
    readingTools: toolNames.meta({
      description: 'Change nothing: between two equal calls they are no reason to ask again (W3)',
    }),
    requiredTools: toolNames.meta({ description: 'Offered by policy, called or not: W10 leaves them out' }),
    afterOutcomeTools: toolNames.meta({
      description: 'Logging, notifying and evaluating after the outcome: W1 leaves them out',
    }),
    writes: z
      .array(
        z.strictObject({
          tool: z.string().min(1).max(256),
          key: z.array(z.string().min(1).max(256)).min(1).max(16).meta({
            description:
              'Arguments that say what is written to; of equal ones the later write replaces the earlier',
          }),
          readBy: toolNames.meta({ description: 'Tools that read what was written' }),
          revertedBy: toolNames.meta({ description: 'Tools that take it back, with the same key' }),
        }),
      )
      .max(200)
      .default([])
      .meta({
        description: 'Tools that change something outside: W3, W7 and what is essential rest on them',
      }),
    samplingAgents: z.array(z.string().min(1).max(256)).max(200).default([]).meta({
      description: 'Agents that ask the same several times by design (self-consistency): W2 leaves them out',
    }),
    heartbeatAgents: z.array(z.string().min(1).max(256)).max(200).default([]).meta({
      description: 'Agents that call a model at intervals by design: W16 leaves them out',
    }),
    cacheTtlSeconds: z.int().min(1).max(86_400).default(300).meta({
      description: 'How long a provider keeps a prefix: W11 looks back so far',
    }),
    cacheMinimumTokens: z.int().min(1).max(1_000_000).default(1024).meta({
      description: 'The shortest prefix that a provider caches',
    }),
  })
  .meta({ id: 'WastePolicyRule' });
export type WastePolicy = z.infer<typeof wastePolicySchema>;

export const SHIPPED_WASTE_POLICY: WastePolicy = wastePolicySchema.parse({});
