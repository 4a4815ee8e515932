import type { Asset, Charge } from '#model';
import { chargeStep, type ChargedStep } from './charge-step.ts';
import type { PriceIndex } from './price-index.ts';

export type PricedCharge = Extract<Charge, { state: 'priced' }>;

/** What stands posted for one call: who is owed how much for which model. */
export interface StandingCharge {
  readonly provider: string;
  readonly callModel: string;
  readonly asset: Asset;
  readonly amountPico: bigint;
}

/**
 * Prices a call again by the rows that its posted charge stands on.
 *
 * @param index of just those rows, and the aliases that say what their models are called
 * @returns the charges, whose lines sum to what stands posted; null where those rows do not give it: an amount taken back by
 *   hand, told by the provider or converted
 */
export function reproduceCharges(
  step: ChargedStep,
  standing: StandingCharge,
  index: PriceIndex,
): PricedCharge[] | null {
  const charges = chargeStep(step, index).filter(
    (charge): charge is PricedCharge =>
      charge.state === 'priced' &&
      charge.provider === standing.provider &&
      charge.callModel === standing.callModel &&
      charge.asset === standing.asset,
  );
  const amountPico = charges.reduce((sum, charge) => sum + charge.amountPico, 0n);
  return amountPico === standing.amountPico ? charges : null;
}
