import { z } from 'zod';

const demand = z.enum(['recorded', 'approved']).default('recorded');

/**
 * What `policies.rule` holds under the name `approvals`: whether a version that begins before it is recorded, and so
 * restates what is posted, needs a preview that a second principal approved.
 */
export const approvalsPolicySchema = z
  .strictObject({
    rules: demand.meta({
      description: 'Policies, outcome definitions, key mappings, and reading spans again',
    }),
    prices: demand.meta({ description: 'Price books, model aliases, rates of self-hosted models' }),
  })
  .meta({ id: 'ApprovalsPolicyRule' });
export type ApprovalsPolicy = z.infer<typeof approvalsPolicySchema>;

export const SHIPPED_APPROVALS: ApprovalsPolicy = { rules: 'recorded', prices: 'recorded' };
