import type { Charge, Step } from '#model';
import { chargeCall, type CalledStep } from './charge-call.ts';
import { chargeUsage, type ChargeInput } from './charge-usage.ts';
import type { PriceIndex } from './price-index.ts';

/** What of a step makes its charges. */
export type ChargedStep = CalledStep & ChargeInput & Pick<Step, 'extraUsage'>;

/**
 * The charges of a step. Of a leaf: its own usage, then each part that stands outside its totals (`extraUsage`), by
 * the model that did it. Of a tool call or a search that has a price: one call. Several charges of one part are of
 * different price rows, or the last is what has no price.
 *
 * @returns charges in a fixed order; empty for a step that nobody charges for
 */
export function chargeStep(step: ChargedStep, index: PriceIndex): Charge[] {
  if (step.role !== 'leaf') return chargeCall(step, index);
  const extra = step.extraUsage.flatMap(({ model, usage }) => {
    const models = model === null ? {} : { modelResponse: model, modelRequest: model };
    return chargeUsage({ ...step, ...models, usage, usageState: 'reported' }, index);
  });
  const own = chargeUsage(step, index);
  return [...(isFreeRerank(step, own, index) ? [] : own), ...extra];
}

const CALL = /"kind":"(tool_call|retrieval)"/;

/**
 * Whether a stored step may have charges, by its role and the text of its record: most are no leaf and no call, and are
 * not worth being parsed.
 */
export const mayBeCharged = (role: string, record: string): boolean => role === 'leaf' || CALL.test(record);

const NOT_LISTED: ReadonlySet<string> = new Set(['no_model', 'unknown_model']);

/**
 * A reranker that reports no tokens has done one search (conventions); where it is nobody's who sells rerank calls,
 * such as a model in the process of the agent itself, there is nothing to charge and nothing missing.
 */
function isFreeRerank(step: ChargedStep, own: readonly Charge[], index: PriceIndex): boolean {
  if (step.kind !== 'rerank' || Object.keys(step.usage?.tokens ?? {}).length > 0) return false;
  const [only] = own;
  if (only?.state !== 'unpriced' || !NOT_LISTED.has(only.reason)) return false;
  const { provider } = only;
  return provider === null || !index.scopes.some(({ shelves }) => shelves.has(provider));
}
