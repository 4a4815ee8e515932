import {
  adviseCap,
  compareHazards,
  exactShareInterval,
  resultOfPlacement,
  retryHazards,
  type AttemptGroup,
  type CapAdvice,
  type HazardRow,
} from '#economics';
import { dividePico, formatPico } from '#model';
import { readAttemptResults, type AttemptResultRow, type Client } from '#store';
import { z } from 'zod';
import type { ReportContext } from '../reports/ask-report.ts';
import type { ReportQuery } from '../reports/report-query.ts';
import { Money, Ratio } from '../wire.ts';
import { economicsReport, economicsReportSchema, OutcomeHead } from './economics-report.ts';
import { handOffCost, HandOffView, type HandOff } from './hand-off-cost.ts';
import { CostIntervalView, decimalText, intervalView } from './interval-view.ts';
import { recordedBaselines } from './recorded-baselines.ts';

const Share = z.object({ low: Ratio, high: Ratio });

const Cost = Money.nullable().meta({ description: 'null: it is all unknown; `bound` says where a part is' });

const HazardView = z
  .object({
    number: z.int(),
    attempts: z.int(),
    succeeded: z.int(),
    failed: z.int(),
    open: z.int().meta({ description: 'Without a final result: given up, or still in work' }),
    costUsd: Cost,
    costPerAttemptUsd: Ratio.nullable(),
    success: Ratio.nullable().meta({ description: 'Succeeded of those with a result' }),
    interval: Share.nullable().meta({ description: '95 % of it, exact (Clopper-Pearson)' }),
  })
  .meta({ id: 'AttemptHazard' });

const CapView = z
  .object({
    handOff: HandOffView,
    bestCap: z
      .int()
      .meta({ description: 'Attempts after which handing off is cheaper; 0: hand off at once' }),
    evidence: z.enum(['strong', 'weak']).meta({ description: 'Only strong evidence may drive a policy' }),
    gainPerItemUsd: Money.meta({ description: 'Against the next best cap' }),
    steps: z.array(
      z.object({
        number: z.int(),
        breakEvenSuccess: Ratio,
        expectedCostUsd: Money.meta({ description: 'Per item, capped at this attempt' }),
        evidence: z.enum(['strong', 'weak']),
      }),
    ),
  })
  .meta({ id: 'CapAdvice' });

const RetriesFigures = z.object({
  interval: CostIntervalView.nullable(),
  tries: z.int().meta({ description: 'Attempts at the outcome: work after success is none' }),
  costPerTryUsd: Ratio.nullable().meta({ description: 'T; null: without a try, or its cost is all unknown' }),
  successPerTry: Ratio.nullable().meta({ description: 'p; cost of tries per outcome is T / p' }),
  afterOutcome: z.object({ attempts: z.int(), costUsd: Cost }),
  estimatedBoundaries: z.int().meta({ description: 'Attempts whose boundary was inferred' }),
  hazards: z.array(HazardView),
  likeFirst: z.object({ z: Ratio, pValue: Ratio, isRejected: z.boolean() }).nullable().meta({
    description: 'Whether second attempts succeed like first ones; rejected at 5 %: do not extrapolate T / p',
  }),
  cap: CapView.nullable().meta({
    description: 'null: no baseline tells what a hand-off costs, or fewer than 5 successes and 5 failures',
  }),
});

export const RetriesRow = z
  .object({ ...OutcomeHead.shape, ...RetriesFigures.shape })
  .meta({ id: 'RetriesRow' });
export const RetriesReport = economicsReportSchema('retries', RetriesRow).meta({ id: 'RetriesReport' });
export type RetriesReport = z.infer<typeof RetriesReport>;

/**
 * What attempts cost and buy, by number, and after how many handing off is cheaper (methods.md 3.1 to 3.5).
 * @param handOffPico what finishing an item by other means costs; null = the baseline recorded for its outcome type
 */
export const retriesReport = (
  client: Client,
  query: ReportQuery,
  context: ReportContext,
  handOffPico: bigint | null,
): Promise<RetriesReport> =>
  economicsReport(client, query, context, {
    name: 'retries',
    formula: 'methods 3.1: C / N = T / p; 3.3 to 3.5: hazards and optimal cap; 3.2 (ADR 025): interval',
    hasIntervals: true,
    read: async ({ asked, population, momentsOf }) => {
      const { tenantId } = context;
      const results = await readAttemptResults(client, tenantId, population);
      const baselines = await recordedBaselines(client, tenantId, asked);
      return (group, head) => {
        const key = JSON.stringify(group);
        const rows = results.filter((row) => JSON.stringify(row.group) === key);
        const types = [...new Set(rows.flatMap(({ outcomeTypes }) => outcomeTypes))];
        const isComplete = head.bound === undefined;
        const { moments } = momentsOf(group);
        return {
          ...figuresOf(rows, handOffCost(handOffPico, baselines, types)),
          interval: moments && intervalView(moments.calls, isComplete),
        };
      };
    },
  });

function figuresOf(
  rows: readonly AttemptResultRow[],
  handOff: HandOff | null,
): Omit<z.infer<typeof RetriesFigures>, 'interval'> {
  const tries = rows.flatMap(
    (row): (AttemptGroup & Pick<AttemptResultRow, 'unknownCalls' | 'pricedCalls'>)[] => {
      const result = resultOfPlacement(row.placement);
      return result === null ? [] : [{ ...row, result }];
    },
  );
  const cost = costOf(tries);
  const others = rows.filter(({ placement }) => resultOfPlacement(placement) === null);
  const hazards = retryHazards(tries);
  const count = sum(hazards.map(({ attempts }) => attempts));
  const succeeded = sum(hazards.map((row) => row.succeeded));
  const comparison = hazards.length < 2 ? null : compareHazards(hazards[0]!, hazards[1]!);
  const isKnown = tries.every(({ unknownCalls }) => unknownCalls === 0);
  return {
    tries: count,
    costPerTryUsd: cost === null ? null : dividePico(cost, BigInt(count)),
    successPerTry: count === 0 ? null : decimalText(succeeded / count),
    afterOutcome: {
      attempts: sum(others.map(({ attempts }) => attempts)),
      costUsd: moneyOf(costOf(others)),
    },
    estimatedBoundaries: sum(rows.map(({ estimated }) => estimated)),
    hazards: hazards.map((row) =>
      hazardView(row, costOf(tries.filter(({ number }) => number === row.number))),
    ),
    likeFirst: comparison && {
      z: decimalText(comparison.z),
      pValue: decimalText(comparison.pValue),
      isRejected: comparison.pValue < 0.05,
    },
    cap: handOff && isKnown ? capView(adviseCap(hazards, handOff.costPico), handOff) : null,
  };
}

/** What is known of the cost; null where there are attempts and nothing of their cost is known. */
function costOf(rows: readonly Pick<AttemptResultRow, 'costPico' | 'pricedCalls'>[]): bigint | null {
  const costPico = rows.reduce((total, row) => total + row.costPico, 0n);
  const isKnown = costPico !== 0n || rows.length === 0 || rows.some(({ pricedCalls }) => pricedCalls > 0);
  return isKnown ? costPico : null;
}

const moneyOf = (costPico: bigint | null): string | null => (costPico === null ? null : formatPico(costPico));

const hazardView = (row: HazardRow, costPico: bigint | null): z.infer<typeof HazardView> => ({
  number: row.number,
  attempts: row.attempts,
  succeeded: row.succeeded,
  failed: row.failed,
  open: row.open,
  costUsd: moneyOf(costPico),
  costPerAttemptUsd: costPico === null ? null : dividePico(costPico, BigInt(row.attempts)),
  success: row.hazard === null ? null : decimalText(row.hazard),
  interval: row.hazard === null ? null : shareInterval(row.succeeded, row.succeeded + row.failed),
});

const capView = (advice: CapAdvice | null, handOff: HandOff): z.infer<typeof CapView> | null =>
  advice && {
    handOff: { costUsd: formatPico(handOff.costPico), from: handOff.from },
    bestCap: advice.bestCap,
    evidence: advice.evidence,
    gainPerItemUsd: formatPico(advice.gainPico),
    steps: advice.steps.map((step) => ({
      number: step.number,
      breakEvenSuccess: decimalText(step.breakEvenHazard),
      expectedCostUsd: formatPico(step.expectedCostPico),
      evidence: step.evidence,
    })),
  };

function shareInterval(succeeded: number, tried: number): z.infer<typeof Share> {
  const { low, high } = exactShareInterval(succeeded, tried);
  return { low: decimalText(low), high: decimalText(high) };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
