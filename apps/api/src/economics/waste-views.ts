import { z } from 'zod';
import { Money, Ratio } from '../wire.ts';

const Cost = Money.nullable();

const RuleView = z
  .object({
    rule: z.string().meta({ description: 'W1 to W17, in the order of precedence' }),
    name: z.string(),
    evidence: z.enum(['structure', 'content', 'both']),
    effect: z.enum(['cost', 'overlay', 'opportunity']).meta({
      description:
        'cost: taken out of the cost of runs, each pico by one rule; overlay: about cost that stands elsewhere; ' +
        'opportunity: told under `opportunities`, no waste',
    }),
    grade: z.enum(['metered', 'allocated', 'estimated']),
    findings: z.int(),
    proven: z.int(),
    unknownCost: z.int().meta({ description: 'Findings whose cost is not known: never 0' }),
    costUsd: Cost.meta({
      description: 'Waste in attempts that did not fail; null: there was no content to look at',
    }),
    inFailedRunsUsd: Cost.meta({ description: 'The same in attempts that failed: part of failedRunCostUsd' }),
    suspectedUsd: Cost.meta({ description: 'What looks like it and is not proven: part of unprovenCostUsd' }),
    reasons: z.array(z.object({ reason: z.string(), findings: z.int() })),
  })
  .meta({ id: 'WasteRule' });
export type RuleView = z.infer<typeof RuleView>;

const OpportunitiesView = z
  .object({
    overlongOutput: z.object({ outputs: z.int(), surplusUsd: Money }).nullable().meta({
      description: 'W13: what was written above the length that 95 % of successful outputs stay within',
    }),
    overcapable: z
      .array(
        z.object({
          workflow: z.string().nullable(),
          model: z.string(),
          cheaper: z.string(),
          attempts: z.int(),
          successShare: Ratio,
          cheaperAttempts: z.int(),
          cheaperSuccessShare: Ratio,
          differenceLow: Ratio.meta({
            description: 'Newcombe 95 %, low end, of the difference of both shares',
          }),
          isShown: z.boolean().meta({ description: 'The low end is above -0.02' }),
          gapPerAttemptUsd: Ratio,
        }),
      )
      .meta({ description: 'W17, of the total: who chose the model is not known, so it is to be tested' }),
  })
  .meta({ id: 'WasteOpportunities' });
export type OpportunitiesView = z.infer<typeof OpportunitiesView>;

/** What a row says of its cost besides its head. The four costs sum to costUsd, to the pico. */
export const WasteFigures = z.object({
  essentialCostUsd: Cost.meta({ description: 'The backward slice from what bought the outcome' }),
  wasteCostUsd: Cost.meta({ description: 'What rules prove, in attempts that did not fail' }),
  failedRunCostUsd: Cost.meta({
    description: 'Attempts that bought nothing, as a whole, as the ledger places them',
  }),
  unprovenCostUsd: Cost.meta({ description: 'What nobody can tell: neither essential nor free' }),
  shares: z
    .object({
      n: z.int().meta({ description: 'Items that any spend is linked to' }),
      proven: Ratio.meta({ description: 'Waste and failed attempts over cost' }),
      uncovered: Ratio.meta({ description: 'Unproven over cost' }),
      essential: z
        .object({ low: Ratio, high: Ratio })
        .meta({ description: 'An identification bound, no confidence interval: essential, and 1 - proven' }),
      topItemShare: Ratio.nullable().meta({ description: 'Of the waste, what the item with most of it has' }),
      withoutTopItem: Ratio.nullable().meta({ description: '`proven` without that item' }),
    })
    .nullable()
    .meta({ description: 'null: fewer than 30 items, or no cost' }),
  rules: z.array(RuleView),
  wasteCoverage: z.object({
    judged: Ratio.nullable().meta({
      description: 'Cost of attempts judged as they are posted now, over cost',
    }),
    content: Ratio.nullable().meta({ description: 'Cost of calls whose whole content was read, over cost' }),
  }),
  contextInflation: z.object({
    billedInputTokens: z.string(),
    uniqueInputTokens: z.string(),
    resendRatio: Ratio.nullable().meta({
      description: 'Billed over unique: how often history was sent again',
    }),
    cacheReadShare: Ratio.nullable().meta({ description: 'Of the billed input, what was read from a cache' }),
  }),
  deadTools: z.array(
    z.object({ workflow: z.string(), tool: z.string(), successfulRuns: z.int(), costUsd: Money }),
  ),
  idle: z
    .object({ calls: z.int(), unknownCost: z.int(), costUsd: Money })
    .nullable()
    .meta({ description: 'W16, of the total: linked to no work item, so in no cost of this row' }),
  opportunities: OpportunitiesView.nullable().meta({ description: 'With opportunities=true' }),
});
export type WasteFigures = z.infer<typeof WasteFigures>;
