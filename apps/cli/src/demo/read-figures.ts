import { dividePico, parsePico } from '#model';
import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import type { Workflow } from './scenario.ts';

const Row = z.object({
  group: z.object({ workflow: z.string().nullable(), outcome_type: z.string().nullable() }),
  workItems: z.int(),
  attempts: z.int(),
  outcomes: z.int(),
  costPerOutcomeUsd: z.string().nullable(),
  loadedCostPerOutcomeUsd: z.string().nullable(),
  failedAttemptCostUsd: z.string().nullable(),
  noOutcomeCostUsd: z.string().nullable(),
  unpricedCalls: z.int(),
  pending: z.object({ items: z.int() }),
  bound: z.literal('lower').optional(),
});
const Report = z.object({ rows: z.array(Row) });
const Baselines = z.object({
  items: z.array(
    z.object({
      rule: z.object({ outcomeType: z.string(), costPerOutcome: z.object({ amount: z.string() }) }),
    }),
  ),
});
const Outcomes = z.object({ items: z.array(z.object({ workItem: z.object({ key: z.string() }) })) });

/** What the service says of one workflow. Money is in decimal USD. */
export interface Figures {
  readonly workflow: Workflow;
  readonly workItems: number;
  readonly achieved: number;
  readonly attempts: number;
  readonly costPerOutcomeUsd: string | null;
  /** With the minutes of people. */
  readonly loadedCostPerOutcomeUsd: string | null;
  /** Per outcome, within its cost. */
  readonly failedAttemptsUsd: string | null;
  /** Per outcome, within its cost. */
  readonly noOutcomeUsd: string | null;
  readonly baselineUsd: string | null;
  readonly pending: number;
  readonly unpricedCalls: number;
  /** Something in the cost has no price: the true figure is higher. */
  readonly isLowerBound: boolean;
  readonly handedOff: number;
  readonly reopened: number;
}

export const REPORT_PATH = '/v1/reports/cost-per-outcome?group_by=workflow,outcome_type';

/** Asks for the figures of each workflow; nothing is computed here but what is shared out per outcome. */
export async function readFigures(api: ApiClient, workflows: readonly Workflow[]): Promise<Figures[]> {
  const { rows } = Report.parse(await api.get(REPORT_PATH));
  const baselines = Baselines.parse(await api.get('/v1/baselines')).items;
  return Promise.all(
    workflows.map(async (workflow): Promise<Figures> => {
      const row = rows.find(
        ({ group }) => group.workflow === workflow.name && group.outcome_type === workflow.outcomeType,
      );
      if (row === undefined) throw new Error(`the report has no row for ${workflow.name}`);
      const perOutcome = (costUsd: string | null): string | null => {
        const costPico = costUsd === null ? null : parsePico(costUsd);
        return costPico === null ? null : dividePico(costPico, BigInt(row.outcomes));
      };
      return {
        workflow,
        workItems: row.workItems + row.pending.items,
        achieved: row.outcomes,
        attempts: row.attempts,
        costPerOutcomeUsd: row.costPerOutcomeUsd,
        loadedCostPerOutcomeUsd: row.loadedCostPerOutcomeUsd,
        failedAttemptsUsd: perOutcome(row.failedAttemptCostUsd),
        noOutcomeUsd: perOutcome(row.noOutcomeCostUsd),
        baselineUsd:
          baselines.find(({ rule }) => rule.outcomeType === workflow.outcomeType)?.rule.costPerOutcome
            .amount ?? null,
        pending: row.pending.items,
        unpricedCalls: row.unpricedCalls,
        isLowerBound: row.bound === 'lower',
        handedOff: await countItems(api, workflow.kind, 'handed_off'),
        reopened: await countItems(api, workflow.kind, 'reopened'),
      };
    }),
  );
}

async function countItems(api: ApiClient, kind: string, effect: string): Promise<number> {
  const { items } = Outcomes.parse(await api.get(`/v1/outcomes?kind=${kind}&effect=${effect}&limit=1000`));
  return new Set(items.map(({ workItem }) => workItem.key)).size;
}
