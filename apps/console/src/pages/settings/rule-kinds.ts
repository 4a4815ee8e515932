/** A kind of setting that is kept as dated versions of a rule, and recorded as JSON. */
export interface RuleKind {
  readonly section: 'definitions' | 'key-mappings' | 'policies';
  readonly path: '/v1/definitions' | '/v1/key-mappings' | '/v1/policies';
  /** As previews name the change. */
  readonly preview: 'definition' | 'key_mapping' | 'policy';
  readonly title: string;
  readonly lead: string;
  /** What a new one looks like: a body that is taken as it stands. */
  readonly example: object;
}

export const RULE_KINDS: readonly RuleKind[] = [
  {
    section: 'key-mappings',
    path: '/v1/key-mappings',
    preview: 'key_mapping',
    title: 'Key mappings',
    lead: 'Where spans name the work item they belong to. Version 0 is shipped: ticket.id, claim.id, order.id and the like are found without any.',
    example: { name: 'zendesk-ticket', rule: { attribute: 'zendesk.ticket_id', kind: 'ticket' } },
  },
  {
    section: 'definitions',
    path: '/v1/definitions',
    preview: 'definition',
    title: 'Outcome definitions',
    lead: 'What counts as the outcome of a kind of work item, and which events say so.',
    example: {
      name: 'refund',
      rule: {
        outcomeType: 'refund.paid',
        verbs: { paid: 'achieved', failed: 'failed', cancelled: 'cancelled', reopened: 'reopened' },
      },
    },
  },
  {
    section: 'policies',
    path: '/v1/policies',
    preview: 'policy',
    title: 'Policies',
    lead: 'Overhead pools, dimensions to group by, how links count, labour rates, currencies, content, approvals.',
    example: { name: 'dimensions', rule: { attributes: ['customer.tier'] } },
  },
];
