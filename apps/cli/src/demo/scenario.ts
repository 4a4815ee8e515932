import type { Case } from './case.ts';
import { claimCases } from './claim-cases.ts';
import { SeededRandom } from './seeded-random.ts';
import { ticketCases } from './ticket-cases.ts';

/** A workflow: who works at its cases, who knows what became of them, and what they cost another way. */
export interface Workflow {
  readonly name: string;
  readonly agent: string;
  readonly serviceName: string;
  readonly kind: 'ticket' | 'claim';
  readonly outcomeType: string;
  /** Past participle and plural of the outcome, for people: 'resolved tickets'. */
  readonly outcomes: string;
  /** CloudEvents source of the business system. */
  readonly eventSource: string;
  /** Price of the outsourcer for one outcome, by contract. */
  readonly outsourced: { readonly amountUsd: string; readonly contract: string };
  /** What a minute of the people costs who do what the agent cannot. */
  readonly personPerMinuteUsd: string;
  /** What is known of a case when it comes in. */
  readonly intake: readonly { readonly name: string; readonly type?: 'number' }[];
  readonly cases: readonly Case[];
}

/** A month of a help desk; everything in it follows from the seed. */
export function ticketsWorkflow(seed = 20_261_001n): Workflow {
  return {
    name: 'Support tickets',
    agent: 'support-agent',
    serviceName: 'support-agent',
    kind: 'ticket',
    outcomeType: 'ticket.resolved',
    outcomes: 'resolved tickets',
    eventSource: '/demo/helpdesk',
    outsourced: { amountUsd: '4.20', contract: 'Contact centre, per resolved ticket' },
    personPerMinuteUsd: '0.70',
    intake: [{ name: 'channel' }, { name: 'is_returning' }],
    cases: ticketCases(new SeededRandom(seed)),
  };
}

/** A month of a claims department; everything in it follows from the seed. */
export function claimsWorkflow(seed = 20_261_002n): Workflow {
  return {
    name: 'Insurance claims',
    agent: 'claims-agent',
    serviceName: 'claims-agent',
    kind: 'claim',
    outcomeType: 'claim.processed',
    outcomes: 'processed claims',
    eventSource: '/demo/claims-system',
    outsourced: { amountUsd: '21.50', contract: 'Claims handling, per processed claim' },
    personPerMinuteUsd: '1.10',
    intake: [{ name: 'channel' }, { name: 'exception_doc' }, { name: 'lines', type: 'number' }],
    cases: claimCases(new SeededRandom(seed)),
  };
}
