import { z } from 'zod';

/** How an intake attribute is named: in `data.intake` of an event, and in the policy that declares it. */
export const INTAKE_NAME = /^[a-z][a-z0-9_.-]{0,62}$/;

/**
 * What `policies.rule` holds under the name `intake`: what is known of a work item before anybody works at it, and may
 * tell segments apart (methods.md 6.1). What is not declared is kept with its event and used for nothing.
 */
export const intakePolicySchema = z
  .strictObject({
    attributes: z
      .array(
        z.strictObject({
          name: z
            .string()
            .regex(INTAKE_NAME, 'must be 1 to 63 of a-z, 0-9, "_", "." and "-", beginning with a letter'),
          type: z
            .enum(['label', 'number'])
            .default('label')
            .meta({ description: 'number: compared in quarters of its values' }),
        }),
      )
      .max(32)
      .refine(
        (all) => new Set(all.map(({ name }) => name)).size === all.length,
        'an attribute is named twice',
      ),
  })
  .meta({ id: 'IntakePolicyRule' });
export type IntakePolicy = z.infer<typeof intakePolicySchema>;
