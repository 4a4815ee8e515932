import { splitExactly } from '#model';

/** A pool, its own cost, and the shares of it that other pools use (in millionths). */
export interface ServingPool {
  readonly pool: string;
  readonly costPico: bigint;
  readonly serves: readonly { readonly pool: string; readonly shareMicro: bigint }[];
}

/** What a pool has in the end. */
export interface SolvedPool {
  readonly pool: string;
  /** Its own cost and what other pools charged it, before it charged others: x of (I - P^T) x = b, as a fraction. */
  readonly gross: Fraction;
  /** What is left to go to work items. Over all pools these sum to the sum of the costs, to the pico. */
  readonly outwardPico: bigint;
}

/** Exact; the denominator is positive. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const ONE: Fraction = { numerator: 1n, denominator: 1n };
const MICRO = 1_000_000n;

/**
 * Reciprocal allocation of pools that serve each other (methods.md 2.7): solves (I - P^T) x = b exactly, in
 * fractions, and rounds only what goes outward, by the largest remainder, so that nothing is lost.
 *
 * @param pools with unique names; every pool served is one of them
 * @returns null where the pools give away more than all, or keep a part of the cost going round for ever
 */
export function solvePools(pools: readonly ServingPool[]): SolvedPool[] | null {
  const kept = pools.map(
    ({ serves }) => MICRO - serves.reduce((sum, { shareMicro }) => sum + shareMicro, 0n),
  );
  if (kept.some((share) => share < 0n)) return null;
  const gross = solve(
    pools.map((row) => pools.map((column) => coefficient(row.pool, column))),
    pools.map(({ costPico }) => ({ numerator: costPico, denominator: 1n })),
  );
  if (gross === null) return null;
  const outward = gross.map((x, index) => multiply(x, { numerator: kept[index]!, denominator: MICRO }));
  const total = pools.reduce((sum, { costPico }) => sum + costPico, 0n);
  const common = outward.reduce((product, { denominator }) => lcm(product, denominator), 1n);
  const parts = splitExactly(
    total,
    outward.map(({ numerator, denominator }, index) => ({
      id: pools[index]!.pool,
      weight: absolute(numerator * (common / denominator)),
    })),
  );
  const isNothing = outward.every(({ numerator }) => numerator === 0n);
  return pools.map(({ pool }, index) => ({
    pool,
    gross: gross[index]!,
    outwardPico: isNothing ? 0n : parts[index]!,
  }));
}

function coefficient(row: string, column: ServingPool): Fraction {
  const shareMicro = column.serves
    .filter(({ pool }) => pool === row)
    .reduce((sum, use) => sum + use.shareMicro, 0n);
  const own = column.pool === row ? MICRO : 0n;
  return reduce({ numerator: own - shareMicro, denominator: MICRO });
}

/** Gauss-Jordan elimination in fractions. @returns null for a singular matrix */
function solve(matrix: readonly Fraction[][], right: readonly Fraction[]): Fraction[] | null {
  const rows = matrix.map((row, index) => [...row, right[index]!]);
  for (let column = 0; column < rows.length; column += 1) {
    const pivot = rows.findIndex((row, index) => index >= column && row[column]!.numerator !== 0n);
    if (pivot < 0) return null;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const divisor = rows[column]![column]!;
    rows[column] = rows[column]!.map((value) => divide(value, divisor));
    const own = rows[column]!;
    for (const [index, row] of rows.entries()) {
      const factor = row[column]!;
      if (index === column || factor.numerator === 0n) continue;
      rows[index] = row.map((value, at) => subtract(value, multiply(factor, own[at]!)));
    }
  }
  return rows.map((row) => row.at(-1) ?? ONE);
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? absolute(a) : gcd(b, a % b));
const lcm = (a: bigint, b: bigint): bigint => (a / gcd(a, b)) * b;

function reduce({ numerator, denominator }: Fraction): Fraction {
  const divisor = gcd(numerator, denominator);
  const sign = denominator < 0n ? -1n : 1n;
  return { numerator: (sign * numerator) / divisor, denominator: (sign * denominator) / divisor };
}
const multiply = (a: Fraction, b: Fraction): Fraction =>
  reduce({ numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator });
const divide = (a: Fraction, b: Fraction): Fraction =>
  reduce({ numerator: a.numerator * b.denominator, denominator: a.denominator * b.numerator });
const subtract = (a: Fraction, b: Fraction): Fraction =>
  reduce({
    numerator: a.numerator * b.denominator - b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  });
