import type { CostInterval, ItemMoments } from '#economics';
import { costPerOutcomeInterval } from '#economics';
import { formatPico } from '#model';
import { z } from 'zod';
import { Money } from '../wire.ts';

/** Two-sided 95 % bounds of money. */
export const MoneyRange = z.object({ lowUsd: Money, highUsd: Money });

export const CostIntervalView = z
  .object({
    lowUsd: Money,
    highUsd: Money.nullable().meta({ description: 'null: nothing succeeded, so there is no upper bound' }),
    method: z.enum(['combined', 'outer', 'lower_bound']),
  })
  .meta({
    id: 'CostInterval',
    description:
      '95 % of costPerOutcomeUsd, with the work item as the unit. combined: bounds of mean cost and success share put ' +
      'together; outer: the wider product of both, where items or outcomes are few or one item dominates',
  });

export const showInterval = ({
  lowPico,
  highPico,
  method,
}: CostInterval): z.infer<typeof CostIntervalView> => ({
  lowUsd: formatPico(lowPico),
  highUsd: highPico === null ? null : formatPico(highPico),
  method,
});

/** @param isComplete false: part of the cost is unknown, so that no bounds can be told */
export function intervalView(
  moments: ItemMoments,
  isComplete: boolean,
): z.infer<typeof CostIntervalView> | null {
  const interval = isComplete ? costPerOutcomeInterval(moments) : null;
  return interval && showInterval(interval);
}

/** A share or a statistic as decimal text of at most six places. */
export const decimalText = (value: number): string =>
  Number.isInteger(value) ? value.toString() : value.toFixed(6).replace(/0+$/, '').replace(/\.$/, '');
