// Goal: a split sums, and is the one that the methods define in SQL: the same parts as that query gives on a database.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { splitExactly } from '#model';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fuzzRuns } from '../support/otlp-arbitrary.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The query of methods 2.1: quotients, remainders, and what is left to the largest of them, ties by ascending id. */
const SQL = `
WITH q AS (SELECT id, $1::numeric AS cost, weight, sum(weight) OVER () AS w
             FROM unnest($2::text[], $3::numeric[]) AS link (id, weight)),
r AS (SELECT *, div(cost * weight, w) AS base, mod(cost * weight, w) AS rem FROM q),
k AS (SELECT *, cost - sum(base) OVER () AS lft,
             row_number() OVER (ORDER BY rem DESC, id COLLATE "C") AS rn FROM r)
SELECT id, (base + CASE WHEN rn <= lft THEN 1 ELSE 0 END)::text AS part FROM k ORDER BY id COLLATE "C"`;

async function splitInSql(
  amount: bigint,
  shares: readonly { id: string; weight: bigint }[],
): Promise<string[]> {
  const { rows } = await database.db.query<{ id: string; part: string }>(SQL, [
    amount,
    shares.map(({ id }) => id),
    shares.map(({ weight }) => weight),
  ]);
  return rows.map(({ id, part }) => `${id} ${part}`);
}

const anyShares = fc
  .uniqueArray(fc.record({ id: fc.stringMatching(/^[0-9a-f]{1,2}$/), weight: fc.bigInt(0n, 1_000_000n) }), {
    selector: ({ id }) => id,
    minLength: 1,
    maxLength: 16,
  })
  .filter((shares) => shares.some(({ weight }) => weight > 0n));

test('[T2.1sql] parts sum to the whole and are those of the query of the methods', async () => {
  await fc.assert(
    fc.asyncProperty(fc.bigInt(0n, 10n ** 18n), anyShares, async (amount, shares) => {
      const parts = splitExactly(amount, shares);
      expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount);
      const byId = shares.map(({ id }, index) => `${id} ${parts[index]}`).sort();
      expect(byId).toEqual(await splitInSql(amount, shares));
      // Below nothing it is the same with the sign turned.
      expect(splitExactly(-amount, shares)).toEqual(parts.map((part) => -part));
    }),
    { numRuns: fuzzRuns(200) },
  );
}, 60_000);

test.each<[amount: bigint, weights: bigint[], parts: bigint[]]>([
  [1_000_000_001n, [1n, 1n, 1n], [333_333_334n, 333_333_334n, 333_333_333n]],
  [100n, [50n, 30n, 20n, 1n], [49n, 30n, 20n, 1n]],
  [10_000_000_001n, [1n, 2n], [3_333_333_334n, 6_666_666_667n]],
])('[T2.1sql] %s by %s', async (amount, weights, parts) => {
  const shares = weights.map((weight, index) => ({ id: String(index), weight }));
  expect(await splitInSql(amount, shares)).toEqual(parts.map((part, index) => `${index} ${part}`));
  expect(splitExactly(amount, shares)).toEqual(parts);
});
