import { z } from 'zod';
import { CONTENT_CLASSES } from './content-rules.ts';
import { compileCustom } from './redaction-patterns.ts';

/** Six months and a little (Regulation (EU) 2024/1689, Articles 19 and 26(6)). */
const FLOOR_DAYS = 184;
const days = (least: number) => z.int().min(least).max(36_500);

const customPattern = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_]{0,30}$/, 'must be 1 to 31 of a-z, 0-9 and "_"'),
    pattern: z.string().min(1).max(500),
  })
  .superRefine(({ pattern }, context) => {
    const fault = faultOf(pattern);
    if (fault !== null) context.addIssue({ code: 'custom', path: ['pattern'], message: fault });
  });

/** What `policies.rule` holds under the name `content`: what of content is stored, and how long. */
export const contentPolicySchema = z
  .strictObject({
    content: z
      .enum(['always', 'never'])
      .default('always')
      .meta({ description: 'never: cut from what is received, before anything is stored or hashed' }),
    patterns: z
      .strictObject({
        email: z.boolean().default(false),
        card: z
          .boolean()
          .default(false)
          .meta({ description: 'Payment cards: 13 to 19 digits that pass Luhn' }),
        iban: z
          .boolean()
          .default(false)
          .meta({ description: 'Account numbers that pass the check of ISO 13616' }),
        custom: z
          .array(customPattern)
          .max(20)
          .default([])
          .meta({ description: 'Regular expressions of RE2: matched in time linear in the text' }),
      })
      .prefault({})
      .meta({
        description: 'Replaced by their names in all texts of spans and log records, before they are stored',
      }),
    receivedDays: days(1)
      .nullable()
      .default(30)
      .meta({ description: 'How long received bytes hold content; null = as long as they are kept' }),
    keepDays: z
      .strictObject({
        default: days(1).nullable().default(null),
        byClass: z.partialRecord(z.enum(CONTENT_CLASSES), days(1)).default({}),
      })
      .prefault({})
      .meta({ description: 'How long encrypted content is kept; null = until it is erased' }),
    logs: z
      .strictObject({
        classes: z.array(z.enum(CONTENT_CLASSES)).max(CONTENT_CLASSES.length).default([]),
        floorDays: days(FLOOR_DAYS).default(FLOOR_DAYS),
        reason: z
          .string()
          .min(1)
          .max(500)
          .default('Regulation (EU) 2024/1689, Articles 19 and 26(6): six months'),
      })
      .prefault({})
      .meta({
        description: 'Classes that the law counts among the logs, and how long those are kept at least',
      }),
  })
  .superRefine((rule, context) => {
    for (const name of rule.logs.classes) {
      const kept = rule.keepDays.byClass[name] ?? rule.keepDays.default;
      if (rule.content === 'never')
        context.addIssue({
          code: 'custom',
          path: ['content'],
          message: `must be always: ${name} counts among the logs`,
        });
      else if (kept !== null && kept < rule.logs.floorDays)
        context.addIssue({
          code: 'custom',
          path: ['keepDays'],
          message: `must keep ${name} for ${rule.logs.floorDays} days at least: ${rule.logs.reason}`,
        });
    }
  })
  .meta({ id: 'ContentPolicyRule' });
export type ContentPolicy = z.infer<typeof contentPolicySchema>;

/** In force until a tenant sets its own. */
export const SHIPPED_CONTENT_POLICY: ContentPolicy = contentPolicySchema.parse({});

function faultOf(pattern: string): string | null {
  try {
    return compileCustom({ name: 'x', pattern })('') === '' ? null : 'must not match nothing';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
