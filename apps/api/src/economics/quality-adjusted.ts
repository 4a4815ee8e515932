import { breakEvenSuccess, breakEvenVolume, paybackMonths, qualityAdjustedCost } from '#economics';
import { formatPico, parsePico, roundHalfEven } from '#model';
import { z } from 'zod';
import { ReportQuery } from '../reports/report-query.ts';
import { Money, Ratio } from '../wire.ts';
import type { OutcomeHead } from './economics-report.ts';
import { HandOffView, type HandOff } from './hand-off-cost.ts';
import { decimalText } from './interval-view.ts';
import { isComplete, picoOf } from './outcome-sentence.ts';

const Share = z
  .string()
  .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'must be a share from 0 to 1 with at most six places, as "0.03"');
const Amount = Money.refine((text) => (parsePico(text) ?? -1n) >= 0n, 'must not be below 0');

/** What nobody can read from the books, and what is assumed in its place. */
export const BaselineQuery = ReportQuery.extend({
  hand_off_usd: Amount.optional().meta({
    description: 'What finishing an item costs that the agent could not do; absent: the baseline',
  }),
  loss_usd: Amount.optional().meta({ description: 'Loss of an error that nobody finds' }),
  escaped_error: Share.optional().meta({
    description: "Share of the agent's cases with such an error, as audits say",
  }),
  baseline_escaped_error: Share.optional().meta({ description: 'The same of the baseline; absent: 0' }),
  fixed_usd: Amount.optional().meta({ description: 'What was paid once for the agent' }),
  monthly_items: z.coerce.number().int().min(1).max(1e9).optional(),
  running_usd: Amount.optional().meta({
    description: 'What running it costs a month beside the loaded cost',
  }),
});
export type BaselineQuery = z.infer<typeof BaselineQuery>;

export const QualityAdjusted = z.object({
  costPerCaseUsd: Money.meta({
    description: 'Loaded cost + hand-overs of items without an outcome + escaped errors',
  }),
  baselinePerCaseUsd: Money,
  savingPerCaseUsd: Money,
  success: Ratio.meta({ description: 'Share of the items with an outcome' }),
  breakEvenSuccess: Ratio.nullable().meta({
    description: 'Success from which on the agent is cheaper; 0 or less: whatever it is; above 1: never',
  }),
  breakEvenCases: z
    .string()
    .nullable()
    .meta({ description: 'Cases that earn back fixed_usd; null: never, or not asked' }),
  paybackMonths: Ratio.nullable(),
  handOff: HandOffView,
  unknown: z
    .array(z.enum(['loss_usd', 'escaped_error']))
    .meta({ description: 'Not said: errors that nobody finds are left out on both sides' }),
});

const ppm = (share: string | undefined): bigint =>
  share === undefined ? 0n : parsePico(share)! / 1_000_000n;
const pico = (amount: string | undefined): bigint | null => (amount === undefined ? null : parsePico(amount));

/**
 * The one figure in which the agent and its baseline are comparable: c + f H + e L a case (methods.md 7.2), with its
 * break-evens (7.4). @returns null without items, a baseline, or a known cost
 */
export function qualityAdjusted(
  head: OutcomeHead,
  baselinePico: bigint | null,
  query: BaselineQuery,
): z.infer<typeof QualityAdjusted> | null {
  const loadedPico = picoOf(head.loadedCostUsd);
  if (baselinePico === null || loadedPico === null || !isComplete(head) || head.workItems === 0) return null;
  const items = BigInt(head.workItems);
  const outcomes = BigInt(head.outcomes ?? 0);
  const processCostPico = roundHalfEven(loadedPico, items);
  const handOff: HandOff = handOffOf(query, baselinePico);
  const isPriced = query.loss_usd !== undefined && query.escaped_error !== undefined;
  const errors = {
    lossPico: isPriced ? pico(query.loss_usd)! : 0n,
    agentPpm: isPriced ? ppm(query.escaped_error) : 0n,
    baselinePpm: isPriced ? ppm(query.baseline_escaped_error) : 0n,
  };
  const none = { detectedErrorPpm: 0n, reworkCostPico: 0n, lossPico: errors.lossPico };
  const agentPico = qualityAdjustedCost({
    ...none,
    processCostPico,
    handOffPpm: ((items - outcomes) * 1_000_000n) / items,
    handOffCostPico: handOff.costPico,
    escapedErrorPpm: errors.agentPpm,
  });
  const otherPico = qualityAdjustedCost({
    ...none,
    processCostPico: baselinePico,
    handOffPpm: 0n,
    handOffCostPico: 0n,
    escapedErrorPpm: errors.baselinePpm,
  });
  return {
    costPerCaseUsd: formatPico(agentPico),
    baselinePerCaseUsd: formatPico(otherPico),
    savingPerCaseUsd: formatPico(otherPico - agentPico),
    success: decimalText(Number(outcomes) / Number(items)),
    breakEvenSuccess:
      handOff.costPico === 0n
        ? null
        : decimalText(
            breakEvenSuccess({
              baselineCostPico: baselinePico,
              agentCostPico: processCostPico,
              handOffCostPico: handOff.costPico,
              agentEscapedErrorPpm: errors.agentPpm,
              baselineEscapedErrorPpm: errors.baselinePpm,
              lossPico: errors.lossPico,
            }),
          ),
    ...earnedBack(otherPico - agentPico, query),
    handOff: { costUsd: formatPico(handOff.costPico), from: handOff.from },
    unknown: isPriced
      ? []
      : (['loss_usd', 'escaped_error'] as const).filter((name) => query[name] === undefined),
  };
}

const handOffOf = ({ hand_off_usd: asked }: BaselineQuery, baselinePico: bigint): HandOff =>
  asked === undefined
    ? { costPico: baselinePico, from: 'the baseline' }
    : { costPico: parsePico(asked)!, from: 'hand_off_usd' };

function earnedBack(
  savingPico: bigint,
  { fixed_usd: fixed, monthly_items: monthly, running_usd: running }: BaselineQuery,
): Pick<z.infer<typeof QualityAdjusted>, 'breakEvenCases' | 'paybackMonths'> {
  const fixedPico = pico(fixed);
  if (fixedPico === null) return { breakEvenCases: null, paybackMonths: null };
  const months =
    monthly === undefined ? null : paybackMonths(fixedPico, BigInt(monthly), savingPico, pico(running) ?? 0n);
  return {
    breakEvenCases: breakEvenVolume(fixedPico, savingPico)?.toString() ?? null,
    paybackMonths: months === null ? null : decimalText(months),
  };
}
