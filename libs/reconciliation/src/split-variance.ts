import { roundHalfEven } from '#model';

/** Quantities and amounts of one key, as billed and as we have them. Amounts in pico-units of one currency. */
export interface BilledAndOwn {
  /** null = the bill tells no quantity. */
  readonly billedQuantity: bigint | null;
  readonly billedPico: bigint;
  readonly ownQuantity: bigint;
  readonly ownPico: bigint;
}

export interface SplitVariance {
  /** Quantity the bill has and we do not (or the other way round), at the bill's price. */
  readonly coveragePico: bigint;
  /** Our quantity, at the difference of the prices. */
  readonly ratePico: bigint;
  /** What cannot be told apart, because the bill has no quantity. */
  readonly unexplainedPico: bigint;
}

/**
 * Splits billed - own exactly: (Q_billed - Q_own) * P_billed is coverage, Q_own * (P_billed - P_own) is rate (methods
 * 10.3). The coverage part is rounded half-even to a pico, the rate part is the rest, so both always sum to the whole.
 */
export function splitVariance({
  billedQuantity,
  billedPico,
  ownQuantity,
  ownPico,
}: BilledAndOwn): SplitVariance {
  const whole = billedPico - ownPico;
  if (ownQuantity === 0n && ownPico === 0n) return { coveragePico: whole, ratePico: 0n, unexplainedPico: 0n };
  if (billedQuantity === null) return { coveragePico: 0n, ratePico: 0n, unexplainedPico: whole };
  // Billed for nothing: what we have was not billed at all.
  if (billedQuantity === 0n) return { coveragePico: -ownPico, ratePico: billedPico, unexplainedPico: 0n };
  const coveragePico = roundHalfEven((billedQuantity - ownQuantity) * billedPico, billedQuantity);
  return { coveragePico, ratePico: whole - coveragePico, unexplainedPico: 0n };
}
