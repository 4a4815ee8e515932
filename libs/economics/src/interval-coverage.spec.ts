import { expect, test } from '@jest/globals';
import { costPerOutcomeInterval, FEWEST_ITEMS } from './cost-per-outcome.ts';
import { momentsOfItems, type ItemCost } from './mean-cost.ts';

/** A part of what `bench/interval-coverage.mjs` draws in the nightly run: 2,000 samples of up to 1,000 items each. */
const SIZES = [30];
const SAMPLES = 500;

// Globals are slow to reach in the sandbox that tests run in.
const { cos, exp, imul, log, round, sqrt, PI } = Math;
const toBigInt = BigInt;

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A cost of median one dollar, lognormal; a failed item costs `failedFactor` times as much. */
function drawItem(random: () => number, sigma: number, share: number, failedFactor: number): ItemCost {
  const isAchieved = random() < share;
  const normal = sqrt(-2 * log(1 - random())) * cos(2 * PI * random());
  const cost = exp(sigma * normal) * (isAchieved ? 1 : failedFactor);
  return { costPico: toBigInt(round(cost * 1e12)), isAchieved };
}

const cells = [1, 1.5, 2].flatMap((sigma) =>
  SIZES.flatMap((size) =>
    [0.05, 0.3, 0.7, 1].map((share, index): [number, number, number, number] => [
      sigma,
      size,
      share,
      [1, 3, 0.4, 1][index]!,
    ]),
  ),
);

test.each(cells)(
  'sigma %d, %i items, %d of them achieved, failed ones cost %d times as much: 95 %% covers at least 93 %%',
  (sigma, size, share, failedFactor) => {
    const random = seeded(sigma * 1000 + size * 7 + share * 100 + failedFactor);
    const truthPico = (exp((sigma * sigma) / 2) * (share + (1 - share) * failedFactor) * 1e12) / share;
    let covered = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const items = Array.from({ length: size }, () => drawItem(random, sigma, share, failedFactor));
      const interval = costPerOutcomeInterval(momentsOfItems(items))!;
      if (Number(interval.lowPico) <= truthPico && truthPico <= Number(interval.highPico ?? Infinity))
        covered++;
    }
    expect(covered / SAMPLES).toBeGreaterThanOrEqual(0.93);
  },
);

test('below the fewest items nothing is claimed', () => {
  const random = seeded(1);
  const items = Array.from({ length: FEWEST_ITEMS - 1 }, () => drawItem(random, 1, 1, 1));
  expect(costPerOutcomeInterval(momentsOfItems(items))).toBeNull();
});
