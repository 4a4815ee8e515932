/** Two-sided 95 %. */
export const Z_95 = 1.959963984540054;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson score interval of a share (Wilson 1927): the shares that `successes` of `trials` do not contradict. It never
 * leaves [0, 1], and has a width where all or none succeeded.
 *
 * @param z quantile of the standard normal distribution; 1.96 for 95 %
 * @throws RangeError unless 0 <= successes <= trials and trials > 0
 */
export function wilsonInterval(successes: number, trials: number, z: number = Z_95): Interval {
  if (!(trials > 0) || successes < 0 || successes > trials)
    throw new RangeError(`${successes} of ${trials} is no share`);
  const share = successes / trials;
  const spread = (z * z) / trials;
  const centre = share + spread / 2;
  const half = z * Math.sqrt((share * (1 - share)) / trials + spread / (4 * trials));
  return {
    low: successes === 0 ? 0 : (centre - half) / (1 + spread),
    high: successes === trials ? 1 : (centre + half) / (1 + spread),
  };
}
