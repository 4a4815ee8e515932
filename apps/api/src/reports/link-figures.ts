import { formatPico, roundHalfEven } from '#model';
import { z } from 'zod';
import { Money } from '../wire.ts';

/** How far the links behind a cost can be trusted (methods 1.3). */
export const CostBandView = z
  .object({
    lowUsd: Money.meta({ description: 'On links of a confidence of 0.95 and more' }),
    bookUsd: Money.meta({ description: 'What is booked: confidence of at least the book threshold' }),
    highUsd: Money.meta({ description: 'With every candidate' }),
    expectedUsd: Money.meta({ description: 'Σ confidence x cost' }),
  })
  .meta({ id: 'CostBand' });

/** What the links behind a booked cost leave in doubt; amounts in pico-dollars. */
export interface BookedDoubt {
  readonly costPico: bigint;
  readonly isAllocated: boolean;
  readonly belowLowPico: bigint;
  /** Σ cost x (10,000 - confidence in ten-thousandths). */
  readonly doubtBpsPico: bigint;
}

/** What may belong to the same items and is not booked on them. */
export interface CandidateDoubt {
  readonly amountPico: bigint;
  readonly expectedBpsPico: bigint;
}

/** Beside a booked cost: candidates (null = not known at that size), and what is linked to nothing (null = no such). */
export interface LinkFigures {
  readonly candidates: CandidateDoubt | null;
  readonly unlinkedPico: bigint | null;
}

export const NO_CANDIDATES: CandidateDoubt = { amountPico: 0n, expectedBpsPico: 0n };
export const NOTHING_UNLINKED: LinkFigures = { candidates: NO_CANDIDATES, unlinkedPico: null };

export function bandOf(
  { costPico, belowLowPico, doubtBpsPico }: BookedDoubt,
  candidates: CandidateDoubt | null,
): z.infer<typeof CostBandView> | null {
  if (candidates === null) return null;
  const expectedBpsPico = costPico * 10_000n - doubtBpsPico + candidates.expectedBpsPico;
  return {
    lowUsd: formatPico(costPico - belowLowPico),
    bookUsd: formatPico(costPico),
    highUsd: formatPico(costPico + candidates.amountPico),
    expectedUsd: formatPico(roundHalfEven(expectedBpsPico, 10_000n)),
  };
}

/** Below this share of linked cost the unit economics of a group are estimates. */
const LEAST_LINK_COVERAGE_PERCENT = 80n;

export const isTooLittleLinked = (costPico: bigint, unlinkedPico: bigint | null): boolean =>
  unlinkedPico !== null &&
  unlinkedPico > 0n &&
  costPico * 100n < (costPico + unlinkedPico) * LEAST_LINK_COVERAGE_PERCENT;
