import { normalCumulative } from './distributions.ts';
import { wilsonInterval, type Interval } from './wilson-interval.ts';

/** How an attempt ended. `open`: no final result is known (censored): it took its cost, and says nothing of success. */
export type AttemptResult = 'succeeded' | 'failed' | 'open';

/** Attempts of one number within their work item (1 = the first) that ended alike. */
export interface AttemptGroup {
  readonly number: number;
  readonly result: AttemptResult;
  readonly attempts: number;
  readonly costPico: bigint;
}

/**
 * What an attempt says of success, by where its cost sits. Waste that is settled against it is a failure, an outcome
 * that did not last too; what was given up or is still in work has no result; what came after success was no try.
 *
 * @param placement `attempts.placement`: `outcome`, `waste:retry`, `work`, ...
 * @returns null for work that was no try at the outcome
 */
export function resultOfPlacement(placement: string): AttemptResult | null {
  switch (placement.slice(placement.indexOf(':') + 1)) {
    case 'outcome':
      return 'succeeded';
    case 'retry':
    case 'reopened':
    case 'failed':
      return 'failed';
    case 'work':
    case 'abandoned':
      return 'open';
    default:
      return null;
  }
}

/** What is known of the attempts of one number (methods.md 3.4). */
export interface HazardRow {
  readonly number: number;
  /** Work items that came to an attempt of this number. */
  readonly attempts: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly open: number;
  readonly costPico: bigint;
  /** Succeeded of those with a result; null where none has one. */
  readonly hazard: number | null;
  /** Wilson's 95 %; null likewise. */
  readonly interval: Interval | null;
}

/**
 * The hazard table: of the work items that came to attempt k, how many succeeded in it, and what it cost. An attempt
 * whose item stopped short of a result counts in `open`, never as a failure.
 *
 * @returns a row for each number from 1 to the highest, in order
 * @throws RangeError for a number below 1
 */
export function retryHazards(groups: readonly AttemptGroup[]): HazardRow[] {
  const counts: { succeeded: number; failed: number; open: number; costPico: bigint }[] = [];
  for (const { number, costPico, result, attempts } of groups) {
    if (!Number.isSafeInteger(number) || number < 1)
      throw new RangeError(`${number} is no number of an attempt`);
    while (counts.length < number) counts.push({ succeeded: 0, failed: 0, open: 0, costPico: 0n });
    const row = counts[number - 1]!;
    row[result] += attempts;
    row.costPico += costPico;
  }
  return counts.map(({ succeeded, failed, open, costPico }, index) => {
    const known = succeeded + failed;
    return {
      number: index + 1,
      attempts: known + open,
      succeeded,
      failed,
      open,
      costPico,
      hazard: known === 0 ? null : succeeded / known,
      interval: known === 0 ? null : wilsonInterval(succeeded, known),
    };
  });
}

/**
 * Whether second attempts succeed as often as first ones: the two-proportion z test with pooled variance (methods.md
 * 3.3). Where they do not, T/p must not be carried over to other numbers of attempts.
 *
 * @returns null where a side has no result, or all results are alike
 */
export function compareHazards(
  first: Pick<HazardRow, 'succeeded' | 'failed'>,
  second: Pick<HazardRow, 'succeeded' | 'failed'>,
): { readonly z: number; readonly pValue: number } | null {
  const [n1, n2] = [first.succeeded + first.failed, second.succeeded + second.failed];
  const pooled = (first.succeeded + second.succeeded) / (n1 + n2);
  const variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2);
  if (!(variance > 0) || n1 === 0 || n2 === 0) return null;
  const z = (first.succeeded / n1 - second.succeeded / n2) / Math.sqrt(variance);
  return { z, pValue: 2 * normalCumulative(-Math.abs(z)) };
}

/**
 * Hazards when items differ, each with a constant chance of its own drawn from Beta(a, b): the hard ones remain, so
 * that h_k = a / (a + b + k - 1) falls (methods.md 3.3).
 *
 * @returns the hazards of attempts 1 to `attempts`; the naive attempts per success 1 / E[p]; the true E[1 / p], null
 *   where that is infinite (a <= 1)
 */
export function hazardsOfUnlikeItems(
  a: number,
  b: number,
  attempts: number,
): { readonly hazards: number[]; readonly naive: number; readonly expected: number | null } {
  return {
    hazards: Array.from({ length: attempts }, (_, index) => a / (a + b + index)),
    naive: (a + b) / a,
    expected: a > 1 ? (a + b - 1) / (a - 1) : null,
  };
}

/**
 * Success within K attempts when a failed one stays in the context of the next: 1 - [1 - (1 - e0)^T] [1 - (1 - e1)^T]^(K-1),
 * with T steps an attempt, of which each goes wrong with e0 in the first attempt and with e1 afterwards (methods.md 3.3,
 * after arXiv:2605.08563).
 */
export function successWithContamination(e0: number, e1: number, steps: number, attempts: number): number {
  const first = 1 - (1 - e0) ** steps;
  const later = 1 - (1 - e1) ** steps;
  return 1 - first * later ** (attempts - 1);
}
