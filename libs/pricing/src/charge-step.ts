import type { Charge, Step } from '#model';
import { chargeUsage } from './charge-usage.ts';
import type { PriceIndex } from './price-index.ts';

/**
 * The charges of a leaf: its own usage, then each part that stands outside its totals (`extraUsage`), by the
 * model that did it.
 *
 * @returns one charge per part, in that order; empty for a step that is no leaf
 */
export function chargeStep(step: Step, index: PriceIndex): Charge[] {
  if (step.role !== 'leaf') return [];
  const extra = step.extraUsage.map(({ model, usage }) => {
    const models = model === null ? {} : { modelResponse: model, modelRequest: model };
    return chargeUsage({ ...step, ...models, usage, usageState: 'reported' }, index);
  });
  return [chargeUsage(step, index), ...extra];
}
