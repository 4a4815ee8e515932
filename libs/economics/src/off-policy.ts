/** A logged case: what it was worth, the chance with which its action was taken, and whether the other policy takes it too. */
export interface LoggedCase {
  readonly value: number;
  readonly propensity: number;
  readonly isTakenByPolicy: boolean;
  /** What a model expects of the case under the other policy. */
  readonly modelled: number;
}

/** What another policy would have been worth per case. */
export interface OffPolicyValue {
  readonly inverse: number;
  readonly selfNormalised: number;
  readonly doublyRobust: number;
  /** Cases that the weights amount to. */
  readonly effectiveCases: number;
}

/** With fewer effective cases nothing is told (methods.md 8.2). */
export const FEWEST_EFFECTIVE = 100;

/**
 * The value of a policy that was not followed, from logged chances (methods.md 8.2): inverse propensity, the same
 * self-normalised, and doubly robust.
 *
 * @returns null where some case had a chance of 0 or none is known (routing without chance says nothing about another one),
 *   or fewer than `fewest` effective cases
 */
export function offPolicyValue(
  cases: readonly LoggedCase[],
  fewest = FEWEST_EFFECTIVE,
): OffPolicyValue | null {
  if (cases.length === 0 || cases.some(({ propensity }) => !(propensity > 0 && propensity < 1))) return null;
  const weights = cases.map(({ isTakenByPolicy, propensity }) => (isTakenByPolicy ? 1 / propensity : 0));
  const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
  const weight = sum(weights);
  const squares = sum(weights.map((each) => each * each));
  const effectiveCases = squares === 0 ? 0 : (weight * weight) / squares;
  if (effectiveCases < fewest) return null;
  const weighted = sum(cases.map(({ value }, index) => weights[index]! * value));
  const corrected = cases.map(
    ({ value, modelled }, index) => modelled + weights[index]! * (value - modelled),
  );
  return {
    inverse: weighted / cases.length,
    selfNormalised: weighted / weight,
    doublyRobust: sum(corrected) / cases.length,
    effectiveCases,
  };
}
