import { incompleteBeta, logGamma } from './incomplete-beta.ts';

/** P(Z <= z) of the standard normal distribution, to 1e-14. */
export function normalCumulative(z: number): number {
  const x = Math.abs(z);
  if (x > 38) return z < 0 ? 0 : 1;
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const upper = x < 5 ? 0.5 - density * oddSeries(x) : density / millsFraction(x);
  return z < 0 ? upper : 1 - upper;
}

/** x + x³/3 + x⁵/15 + ...: the area from 0 to x over the density at x (Marsaglia 2004). */
function oddSeries(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 3; Math.abs(term) > sum * 1e-17; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return sum;
}

/** The continued fraction of Mills' ratio: x + 1/(x + 2/(x + 3/(x + ...))). */
function millsFraction(x: number): number {
  let fraction = x;
  for (let n = 60; n >= 1; n--) fraction = x + n / fraction;
  return fraction;
}

/** P(T <= t) of Student's distribution with `degrees` > 0 of freedom (they need not be whole). */
export function studentTCumulative(t: number, degrees: number): number {
  const square = t * t;
  // Near the middle the area is told from there, else from the tail: each keeps its digits where the other loses them.
  const tail =
    square < degrees
      ? (1 - incompleteBeta(square / (degrees + square), 0.5, degrees / 2)) / 2
      : incompleteBeta(degrees / (degrees + square), degrees / 2, 0.5) / 2;
  return t < 0 ? tail : 1 - tail;
}

/** The t that P(T <= t) = `probability`. @throws RangeError unless 0 < probability < 1 */
export function studentTQuantile(probability: number, degrees: number): number {
  const height = Math.exp(logGamma((degrees + 1) / 2) - logGamma(degrees / 2)) / Math.sqrt(degrees * Math.PI);
  return quantileOf(
    probability,
    (t) => studentTCumulative(t, degrees),
    (t) => height * (1 + (t * t) / degrees) ** (-(degrees + 1) / 2),
  );
}

/** The z that P(Z <= z) = `probability`. @throws RangeError unless 0 < probability < 1 */
export const normalQuantile = (probability: number): number =>
  quantileOf(probability, normalCumulative, (z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI));

/** P(X <= k) of `trials` trials that succeed with `probability` each. */
export function binomialCumulative(k: number, trials: number, probability: number): number {
  if (k < 0) return 0;
  if (k >= trials || probability === 0) return 1;
  return probability === 1 ? 0 : incompleteBeta(1 - probability, trials - k, k + 1);
}

/** The point where a distribution that is symmetric around 0 reaches `probability`: Newton's steps within a bracket. */
function quantileOf(
  probability: number,
  cumulative: (x: number) => number,
  density: (x: number) => number,
): number {
  if (!(probability > 0 && probability < 1)) throw new RangeError(`${probability} is not within 0 and 1`);
  // The lower tail keeps its digits where 1 - tail loses them.
  if (probability > 0.5) return -quantileOf(1 - probability, cumulative, density);
  let [low, high] = [-1, 0];
  while (cumulative(low) > probability) low *= 2;
  let point = (low + high) / 2;
  for (let step = 0; step < 100; step++) {
    const over = cumulative(point) - probability;
    if (over < 0) low = point;
    else high = point;
    const next = point - over / density(point);
    const inside = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(inside - point) <= 1e-15 * Math.abs(point)) return inside;
    point = inside;
  }
  return point;
}
