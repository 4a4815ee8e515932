// Whether what claims 95 % covers it: draws samples of skewed costs whose truth is known, and counts how often each
// interval of a report holds it (methods.md 3.2, 3.4, 3.7; docs/adr/025).
//   --save    also writes bench/results/interval-coverage.json
//   --strict  exit code 1 where an interval that is shown covers less than 93 %
// In a plain process: inside the sandbox of the tests the same draws take ten times as long.
import { writeFileSync } from 'node:fs';
import { costPerOutcomeInterval, costTails, exactShareInterval, momentsOfItems } from '#economics';

const LEAST = 0.93;
const SAMPLES = 2000;
const SIGMAS = [1, 1.5, 2];
const SIZES = [20, 30, 50, 100, 300, 1000];
const SHARES = [0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 1];
const FAILED_FACTORS = [0.4, 1, 3];
const NORMAL_QUANTILES = {
  0.5: 0,
  0.9: 1.2815515655446004,
  0.95: 1.6448536269514722,
  0.99: 2.3263478740408408,
};

/** Mulberry32: the same numbers in every run. */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A cost of median one dollar, lognormal; a failed item costs `failedFactor` times as much. */
function drawItem(random, { sigma, share, failedFactor }) {
  const isAchieved = random() < share;
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const cost = Math.exp(sigma * normal) * (isAchieved ? 1 : failedFactor);
  return { costPico: BigInt(Math.round(cost * 1e12)), isAchieved };
}

/** How often `isHeld` says that a shown interval held the truth; null = it showed none. */
function coverage(cell, isHeld) {
  const random = seeded(
    cell.sigma * 1000 +
      cell.size * 7 +
      cell.share * 100 +
      (cell.failedFactor ?? 1) * 13 +
      (cell.probability ?? 0) * 17,
  );
  let [shown, covered] = [0, 0];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const held = isHeld(Array.from({ length: cell.size }, () => drawItem(random, cell)));
    if (held === null) continue;
    shown++;
    if (held) covered++;
  }
  return { ...cell, shown, covered: shown === 0 ? null : covered / shown };
}

function* costPerOutcomeCells() {
  for (const sigma of SIGMAS)
    for (const size of SIZES)
      for (const share of SHARES)
        for (const failedFactor of share === 1 ? [1] : FAILED_FACTORS) {
          const truth = (Math.exp((sigma * sigma) / 2) * (share + (1 - share) * failedFactor) * 1e12) / share;
          yield coverage({ sigma, size, share, failedFactor }, (items) => {
            const interval = costPerOutcomeInterval(momentsOfItems(items));
            return interval && isWithin(truth, interval.lowPico, interval.highPico);
          });
        }
}

function* percentileCells() {
  for (const sigma of SIGMAS)
    for (const size of SIZES)
      for (const [name, normal] of Object.entries(NORMAL_QUANTILES)) {
        const probability = Number(name);
        const truth = Math.exp(sigma * normal) * 1e12;
        yield coverage({ sigma, size, share: 1, failedFactor: 1, probability }, (items) => {
          const quantiles = costTails(items.map(({ costPico }) => costPico)).quantiles;
          const { interval } = quantiles.find((quantile) => quantile.probability === probability);
          return interval && isWithin(truth, interval.lowPico, interval.highPico);
        });
      }
}

function* successCells() {
  for (const size of SIZES)
    for (const share of SHARES)
      yield coverage({ sigma: 1, size, share, failedFactor: 1 }, (items) => {
        const succeeded = items.filter(({ isAchieved }) => isAchieved).length;
        const interval = exactShareInterval(succeeded, size);
        return interval.low <= share && share <= interval.high;
      });
}

const isWithin = (truth, low, high) => Number(low) <= truth && (high === null || truth <= Number(high));

const summary = {};
let isBelow = false;
for (const [name, cells] of Object.entries({
  'cost per outcome': costPerOutcomeCells(),
  'percentiles of cost per item': percentileCells(),
  'success of an attempt': successCells(),
})) {
  const all = [...cells];
  const shown = all.filter(({ covered }) => covered !== null).sort((a, b) => a.covered - b.covered);
  const below = shown.filter(({ covered }) => covered < LEAST);
  isBelow ||= below.length > 0;
  summary[name] = {
    cells: all.length,
    withoutInterval: all.length - shown.length,
    samplesEach: SAMPLES,
    worst: shown[0],
    median: shown[Math.floor(shown.length / 2)].covered,
    best: shown.at(-1).covered,
    below,
  };
  console.log(name, JSON.stringify(summary[name], null, 1));
}
if (process.argv.includes('--save')) {
  const file = new URL('results/interval-coverage.json', import.meta.url);
  const result = {
    claimed: 0.95,
    least: LEAST,
    sigmas: SIGMAS,
    sizes: SIZES,
    shares: SHARES,
    intervals: summary,
  };
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}
if (isBelow && process.argv.includes('--strict')) process.exitCode = 1;
