import { z } from 'zod';
import { Money } from '../wire.ts';
import { baselineOf, type RecordedBaseline } from './recorded-baselines.ts';

export const HandOffView = z.object({
  costUsd: Money,
  from: z
    .string()
    .meta({ description: 'Where the figure comes from: the question, or a baseline and its version' }),
});

/** What finishing a work item by other means costs. */
export interface HandOff {
  readonly costPico: bigint;
  readonly from: string;
}

/** As the question says, else as the cheapest baseline of the outcome type has it; null where neither does. */
export function handOffCost(
  askedPico: bigint | null,
  baselines: readonly RecordedBaseline[],
  outcomeTypes: readonly string[],
): HandOff | null {
  if (askedPico !== null) return { costPico: askedPico, from: 'hand_off_usd' };
  const baseline = baselineOf(baselines, outcomeTypes);
  return (
    baseline && {
      costPico: baseline.costPico,
      from: `baseline ${baseline.name}, version ${baseline.version}`,
    }
  );
}
