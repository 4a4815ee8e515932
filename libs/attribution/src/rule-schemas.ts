import { OUTCOME_TIERS, type OutcomeEffect } from '#model';
import { z } from 'zod';

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
  'noted',
  'merged_into',
  'split_from',
  'corrected',
  'superseded',
] as const satisfies readonly OutcomeEffect[];

const MAX_WAIT_MS = 400 * 86_400_000;
const listedVerbs = z.array(name).min(1).max(20);

/** What `definitions.rule` holds; the row's name is the kind of work item. */
export const definitionRuleSchema = z
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
      .max(MAX_WAIT_MS)
      .default(0)
      .meta({ description: 'How long an outcome must stand before it counts' }),
    tiers: z
      .record(name, z.enum(OUTCOME_TIERS))
      .optional()
      .meta({ description: 'Tier of the outcome by the verb that achieved it, where the event states none' }),
    requires: listedVerbs
      .optional()
      .meta({ description: 'Verbs that must have happened as well before an achieving one counts' }),
    sources: z
      .array(z.string().min(1).max(512))
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Sources whose word counts; events of others are set aside' }),
    assumed: z
      .strictObject({ verbs: listedVerbs, afterMs: z.int().min(1000).max(MAX_WAIT_MS) })
      .optional()
      .meta({
        description:
          'After one of these verbs and this long without an event or a new attempt the outcome is assumed (tier assumed)',
      }),
    timeToLive: z
      .strictObject({
        ms: z
          .int()
          .min(1000)
          .max(4000 * 86_400_000),
        after: z.enum(['first_activity', 'last_activity']),
      })
      .optional()
      .meta({ description: 'An item that is still open after this long expires' }),
  })
  .superRefine((rule, context) => {
    const mustBeVerbs = (path: string, verbs: readonly string[]): void => {
      const unknown = verbs.find((verb) => !Object.hasOwn(rule.verbs, verb));
      if (unknown !== undefined)
        context.addIssue({ code: 'custom', path: [path], message: `${unknown} is none of its verbs` });
    };
    mustBeVerbs('tiers', Object.keys(rule.tiers ?? {}));
    mustBeVerbs('requires', rule.requires ?? []);
    mustBeVerbs('assumed', rule.assumed?.verbs ?? []);
  })
  .meta({ id: 'DefinitionRule' });

/** What `policies.rule` holds under the name `overhead`: the first pool that matches a span takes its cost. */
export const overheadPolicySchema = z
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
export const dimensionsPolicySchema = z
  .strictObject({
    attributes: z
      .array(attribute)
      .max(32)
      .refine((names) => new Set(names).size === names.length, 'an attribute is named twice')
      // Members of JSON objects that are named by numbers do not keep the order that canonical JSON gives them.
      .refine((names) => !names.some((each) => /^\d+$/.test(each)), 'a number is no name of a dimension'),
  })
  .meta({ id: 'DimensionsPolicyRule' });

/** What `key_mappings.rule` holds: where a work item key stands in a span. */
export const keyMappingRuleSchema = z
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
