import type { OutcomeDefinition } from '#model';
import { z } from 'zod';
import type { Setting } from './read-settings.ts';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and "_", beginning with a letter');
const attribute = z.string().min(1).max(256);

const EFFECTS = [
  'attempt_failed',
  'handed_off',
  'achieved',
  'failed',
  'cancelled',
  'expired',
  'reopened',
] as const;

/** What `definitions.rule` holds; the row's name is the kind of work item. */
export const definitionRule = z
  .strictObject({
    outcomeType: z
      .string()
      .regex(
        /^[a-z][a-z0-9_.]{0,126}$/,
        'must be 1 to 127 of a-z, 0-9, "_" and ".", beginning with a letter',
      ),
    verbs: z
      .record(name, z.enum(EFFECTS))
      .refine((verbs) => Object.values(verbs).includes('achieved'), 'one verb must mean achieved')
      .refine((verbs) => Object.keys(verbs).length <= 100, 'at most 100 verbs'),
    waitingWindowMs: z
      .int()
      .min(0)
      .max(400 * 86_400_000)
      .default(0)
      .meta({ description: 'How long an outcome must stand before it counts' }),
  })
  .meta({ id: 'DefinitionRule' });

/** What `policies.rule` holds under the name `overhead`: the first pool that matches a span takes its cost. */
export const overheadPolicyRule = z
  .strictObject({
    pools: z
      .array(
        z.strictObject({
          pool: z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, "_" and "-"'),
          match: z.strictObject({
            source: z.enum(['resource', 'span']),
            attribute,
            equals: z.string().max(512),
          }),
        }),
      )
      .max(200),
  })
  .meta({ id: 'OverheadPolicyRule' });

/** What `policies.rule` holds under the name `dimensions`: span or resource attributes reports may group by. */
export const dimensionsPolicyRule = z
  .strictObject({
    attributes: z
      .array(attribute)
      .max(32)
      .refine((names) => new Set(names).size === names.length, 'an attribute is named twice'),
  })
  .meta({ id: 'DimensionsPolicyRule' });

/** What `key_mappings.rule` holds: where a work item key stands in a span. */
export const keyMappingRule = z
  .strictObject({
    attribute,
    kind: name.nullable().default(null).meta({ description: 'The kind of every key found here' }),
    kindAttribute: attribute
      .nullable()
      .default(null)
      .meta({ description: 'The attribute that names the kind' }),
    tier: z.enum(['E1', 'E2', 'E3', 'E4', 'E5']).default('E1'),
  })
  .refine(
    (rule) => (rule.kind === null) !== (rule.kindAttribute === null),
    'give either kind or kindAttribute',
  )
  .meta({ id: 'KeyMappingRule' });

const decimal = z.string().regex(/^\d{1,15}(\.\d{1,12})?$/, 'must be a decimal string, as "4.20"');

/** What `baselines.rule` holds: what the same outcome costs another way. */
export const baselineRule = z
  .strictObject({
    outcomeType: z.string().min(1).max(127),
    method: z.enum(['bpo_contract', 'human_minutes', 'other']),
    costPerOutcome: z.strictObject({ amount: decimal, currency: z.string().regex(/^[A-Z]{3}$/) }),
    minutesPerOutcome: decimal.nullable().default(null),
    source: z
      .string()
      .min(1)
      .max(1000)
      .meta({ description: 'Where the figure comes from: the contract, the study' }),
  })
  .meta({ id: 'BaselineRule' });

/** @throws ZodError when the stored rule does not fit: a bug, it was checked before it was stored */
export function toDefinition(setting: Setting): OutcomeDefinition {
  return { kind: setting.name, version: setting.version, ...definitionRule.parse(setting.rule) };
}
