/**
 * Confidence that a link is right, in ten-thousandths (9500 = 0.95). Whole numbers, so that the same evidence gives
 * the same figure everywhere and money times confidence is exact.
 */
export type ConfidenceBps = number;

export const CERTAIN: ConfidenceBps = 10_000;

/** A cost that carries a confidence of 0.95 or more counts in the lower bound of the band (methods 1.3). */
const LOW_FROM: ConfidenceBps = 9500;

/**
 * Several pieces of evidence for one link: 1 - Π(1 - c) over independent sources, rounded down so that no sum of
 * doubts becomes certainty. What comes from one source counts once, by its best (methods 1.2: a baggage value and the
 * attribute it was copied from are one source).
 *
 * @returns 0 without evidence
 */
export function combineConfidence(
  evidence: readonly { readonly source: string; readonly confidenceBps: ConfidenceBps }[],
): ConfidenceBps {
  const best = new Map<string, number>();
  for (const { source, confidenceBps } of evidence)
    best.set(source, Math.max(best.get(source) ?? 0, confidenceBps));
  let doubt = 1n;
  let scale = 1n;
  for (const bps of best.values()) {
    doubt *= BigInt(CERTAIN - bps);
    scale *= BigInt(CERTAIN);
  }
  return Number(((scale - doubt) * BigInt(CERTAIN)) / scale);
}

/**
 * What audits say of a tier: the Jeffreys mean (right + 1/2) / (audited + 1) (methods 1.2), to the nearest
 * ten-thousandth.
 *
 * @throws RangeError unless 0 <= right <= audited
 */
export function jeffreysMean(right: number, audited: number): ConfidenceBps {
  if (!(right >= 0 && right <= audited)) throw new RangeError(`${right} of ${audited} cannot be right`);
  return Math.round(((right + 0.5) / (audited + 1)) * CERTAIN);
}

/** How often a field agrees among true links (m) and among false ones (u), and how many links are true beforehand. */
export interface AgreementRates {
  readonly m: number;
  readonly u: number;
  readonly prior: number;
}

/**
 * Fellegi and Sunter's weight of an agreement or disagreement in bits, and the confidence it leaves (methods 1.2).
 *
 * @throws RangeError unless all rates lie between 0 and 1, ends excluded
 */
export function fellegiSunter(
  { m, u, prior }: AgreementRates,
  agrees: boolean,
): { readonly bits: number; readonly confidenceBps: ConfidenceBps } {
  for (const [name, rate] of Object.entries({ m, u, prior }))
    if (!(rate > 0 && rate < 1)) throw new RangeError(`${name} must lie between 0 and 1`);
  const ratio = agrees ? m / u : (1 - m) / (1 - u);
  const posterior = (prior * ratio) / (1 - prior + prior * ratio);
  return { bits: Math.log2(ratio), confidenceBps: Math.round(posterior * CERTAIN) };
}

/**
 * Confidence of the same customer and workflow `distanceMs` apart (tier E6): half of e^(-Δ/τ). Such a link is only
 * suggested, never booked.
 */
export function nearnessConfidence(distanceMs: number, windowMs: number): ConfidenceBps {
  return Math.round(0.5 * Math.exp(-Math.abs(distanceMs) / windowMs) * CERTAIN);
}

/** Decimal text as it is stored and shown: 9314 -> `0.9314`. */
export const confidenceText = (bps: ConfidenceBps): string =>
  `${Math.floor(bps / CERTAIN)}.${String(bps % CERTAIN).padStart(4, '0')}`;

/** A cost that a link would put on a work item, in pico-units. */
export interface LinkedCost {
  readonly amountPico: bigint;
  readonly confidenceBps: ConfidenceBps;
  /** Whether it is booked there; otherwise the link is a candidate. */
  readonly isBooked: boolean;
}

/** What a work item cost, as far as its links can be trusted (methods 1.3). */
export interface CostBand {
  /** Links of confidence 0.95 and more. */
  readonly lowPico: bigint;
  /** What the ledger booked. */
  readonly bookPico: bigint;
  /** Every candidate. */
  readonly highPico: bigint;
  /** Σ confidence x cost in ten-thousandths of a pico: exact; divide by 10,000 to show it. */
  readonly expectedBpsPico: bigint;
}

export function costBand(costs: readonly LinkedCost[]): CostBand {
  let [lowPico, bookPico, highPico, expectedBpsPico] = [0n, 0n, 0n, 0n];
  for (const { amountPico, confidenceBps, isBooked } of costs) {
    if (isBooked && confidenceBps >= LOW_FROM) lowPico += amountPico;
    if (isBooked) bookPico += amountPico;
    highPico += amountPico;
    expectedBpsPico += amountPico * BigInt(confidenceBps);
  }
  return { lowPico, bookPico, highPico, expectedBpsPico };
}
