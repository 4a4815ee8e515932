import {
  definitionRuleSchema,
  dimensionsPolicySchema,
  intakePolicySchema,
  keyMappingRuleSchema,
  keyPatternRuleSchema,
  linkConfidenceSchema,
  linksPolicySchema,
  overheadPolicySchema,
  toolKeyRuleSchema,
} from '#attribution';
import {
  approvalsPolicySchema,
  fxPolicySchema,
  labourRatesPolicySchema,
  placementPolicySchema,
  poolsPolicySchema,
} from '#ledger';
import { contentPolicySchema } from '#conventions';
import { RESERVED_REF_KINDS } from '#model';
import { wastePolicySchema } from '#trails';
import { z } from 'zod';
import { Instant, Time, Json } from '../wire.ts';

const validFrom = Instant.nullish().meta({
  description:
    'Business time from which it holds; null = from the beginning. Absent: from the beginning where nothing was in ' +
    'force under the name, else from now.',
});
const mode = z
  .enum(['prospective', 'retrospective'])
  .optional()
  .meta({
    description:
      'retrospective: it restates what is posted; needs `validFrom`, and a preview that a second principal approved. ' +
      'prospective: it holds from now on or later. Absent: as `validFrom` says, under the policy `approvals`.',
  });
const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, "_" and "-", beginning with a letter');
const kind = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and "_", beginning with a letter')
  .refine((text) => RESERVED_REF_KINDS.every((reserved) => reserved !== text), 'is reserved')
  .meta({ description: 'The kind of work item' });

const decimal = z.string().regex(/^\d{1,15}(\.\d{1,12})?$/, 'must be a decimal string, as "4.20"');

/** What the same outcome costs another way. */
export const BaselineRule = z
  .strictObject({
    outcomeType: z.string().min(1).max(127),
    method: z.enum(['bpo_contract', 'human_minutes', 'other']),
    costPerOutcome: z.strictObject({
      amount: decimal,
      currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
    }),
    minutesPerOutcome: decimal.nullable().default(null),
    source: z
      .string()
      .min(1)
      .max(1000)
      .meta({ description: 'Where the figure comes from: the contract, the study' }),
  })
  .meta({ id: 'BaselineRule' });

export const DefinitionBody = z
  .strictObject({ name: kind, validFrom, mode, rule: definitionRuleSchema })
  .meta({ id: 'NewDefinition' });
export const PolicyBody = z
  .discriminatedUnion('name', [
    z.strictObject({ name: z.literal('overhead'), validFrom, mode, rule: overheadPolicySchema }),
    z.strictObject({ name: z.literal('dimensions'), validFrom, mode, rule: dimensionsPolicySchema }),
    z.strictObject({ name: z.literal('intake'), validFrom, mode, rule: intakePolicySchema }),
    z.strictObject({ name: z.literal('links'), validFrom, mode, rule: linksPolicySchema }),
    z.strictObject({ name: z.literal('link_confidence'), validFrom, mode, rule: linkConfidenceSchema }),
    z.strictObject({ name: z.literal('placement'), validFrom, mode, rule: placementPolicySchema }),
    z.strictObject({ name: z.literal('labour_rates'), validFrom, mode, rule: labourRatesPolicySchema }),
    z.strictObject({ name: z.literal('pools'), validFrom, mode, rule: poolsPolicySchema }),
    z.strictObject({ name: z.literal('fx'), validFrom, mode, rule: fxPolicySchema }),
    z.strictObject({ name: z.literal('content'), validFrom, mode, rule: contentPolicySchema }),
    z.strictObject({ name: z.literal('waste'), validFrom, mode, rule: wastePolicySchema }),
    z.strictObject({ name: z.literal('approvals'), validFrom, mode, rule: approvalsPolicySchema }),
  ])
  .meta({ id: 'NewPolicy' });
/** Of the three ways to find a key the one meant is told by its first member; its errors are those that are shown. */
const keyRule = z.union([keyMappingRuleSchema, toolKeyRuleSchema, keyPatternRuleSchema], {
  error: ({ code, errors, input }) => {
    if (code !== 'invalid_union' || typeof input !== 'object' || input === null)
      return 'must be an object that names an attribute, a tool or a pattern';
    const [issue] = errors['tool' in input ? 1 : 'pattern' in input ? 2 : 0] ?? [];
    return issue === undefined ? 'fits no way to find a key' : `${issue.path.join('.')}: ${issue.message}`;
  },
});
export const KeyMappingBody = z
  .strictObject({ name, validFrom, mode, rule: keyRule })
  .meta({ id: 'NewKeyMapping' });
export const BaselineBody = z
  .strictObject({ name, validFrom, rule: BaselineRule })
  .meta({ id: 'NewBaseline' });

export const SettingView = z
  .object({
    name: z.string(),
    version: z.int().meta({ description: '0: shipped, in force until the tenant sets its own' }),
    validFrom: Time.nullable(),
    rule: Json,
    createdAt: Time.nullable(),
    createdBy: z.guid().nullable(),
  })
  .meta({ id: 'SettingVersion' });
export const SettingPage = z.object({ items: z.array(SettingView) }).meta({ id: 'SettingVersions' });
