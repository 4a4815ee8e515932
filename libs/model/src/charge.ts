import type { Asset } from './money.ts';
import type { TokenBucket, UsageUnit } from './step.ts';

export type UnpricedReason =
  | 'no_model' // the step names no model
  | 'unknown_model' // no price row matches provider and model
  | 'names_no_model' // the name is of a resource that holds a model and does not say which: a model alias does
  | 'ambiguous_provider' // several providers price a call of this name, and the step says none of them
  | 'no_price_in_force' // rows match, none is valid at the start of the span
  | 'no_price_for_service_tier' // rows in force exist, none for the tier the call was served in
  | 'no_price_for_class' // the row has no price for a token class or unit that was used
  | 'usage_missing' // the emitter reported no usage
  | 'usage_rejected' // the reported usage contradicts itself
  | 'amount_too_large'; // more than a ledger row can hold

/** One class of a charge: quantity x price = amount, all exact integers. */
export interface ChargeLine {
  readonly class: TokenBucket | UsageUnit;
  readonly quantity: bigint;
  readonly pricePico: bigint;
  readonly amountPico: bigint;
}

/** A usage priced, or the reason why it is not. Never 0 for unknown. */
export type Charge =
  | {
      readonly state: 'priced';
      readonly asset: Asset;
      readonly amountPico: bigint;
      readonly provider: string;
      readonly callModel: string;
      readonly priceId: string;
      readonly priceBook: string;
      readonly lines: readonly ChargeLine[];
      /** Assumptions made where the usage was not specific (a cache write of unknown time to live). */
      readonly estimates: readonly string[];
    }
  | {
      readonly state: 'unpriced';
      readonly reason: UnpricedReason;
      readonly provider: string | null;
      readonly callModel: string | null;
    };
