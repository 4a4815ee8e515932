import { wilsonInterval, type Interval } from './wilson-interval.ts';

/**
 * 95 % interval of the difference of two shares, first minus second (Newcombe 1998, method 10: the square-and-add of
 * Wilson's intervals).
 *
 * @throws RangeError as `wilsonInterval`
 */
export function compareShares(
  successes: number,
  trials: number,
  otherSuccesses: number,
  otherTrials: number,
): Interval {
  const [own, other] = [wilsonInterval(successes, trials), wilsonInterval(otherSuccesses, otherTrials)];
  const [share, otherShare] = [successes / trials, otherSuccesses / otherTrials];
  const difference = share - otherShare;
  return {
    low: difference - Math.hypot(share - own.low, other.high - otherShare),
    high: difference + Math.hypot(own.high - share, otherShare - other.low),
  };
}

/** Whether a share is shown to be no more than `margin` below a known one: its lower bound of 95 % is not (methods.md 4.8). */
export const isNonInferior = (successes: number, trials: number, known: number, margin: number): boolean =>
  wilsonInterval(successes, trials).low >= known - margin;

const Z_ONE_SIDED_95 = 1.6448536269514722;
const Z_POWER_80 = 0.8416212335729143;

/** Trials each of two models needs, to show a share of about `share` to be no more than `margin` lower: one-sided 5 %, power 80 %. */
export const trialsToShow = (share: number, margin: number): number =>
  Math.ceil((2 * share * (1 - share) * (Z_ONE_SIDED_95 + Z_POWER_80) ** 2) / margin ** 2);
