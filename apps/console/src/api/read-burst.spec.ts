import { expect, test } from '@jest/globals';
import { ReadBurst } from './read-burst.ts';

let nowMs = 0;
let names = 0;
const begin = (): ReadBurst => {
  nowMs = 0;
  names = 0;
  return new ReadBurst(
    () => nowMs,
    () => `name-${(names += 1)}`,
  );
};

/** A request that begins and ends at these times; the name it sent. */
async function ask(burst: ReadBurst, fromMs: number, toMs: number): Promise<string> {
  nowMs = fromMs;
  return burst.run(async (name) => {
    nowMs = toMs;
    return name;
  });
}

test.each<[string, [from: number, to: number][], string[]]>([
  [
    'one after the other',
    [
      [0, 900],
      [950, 4_000],
      [5_900, 6_000],
    ],
    ['name-1', 'name-1', 'name-1'],
  ],
  [
    'after a pause',
    [
      [0, 100],
      [2_101, 2_200],
      [2_300, 2_400],
    ],
    ['name-1', 'name-2', 'name-2'],
  ],
  [
    'for a long time',
    [
      [0, 30_000],
      [30_001, 60_000],
      [60_001, 60_100],
    ],
    ['name-1', 'name-1', 'name-2'],
  ],
])('requests %s', async (_, requests, expected) => {
  const burst = begin();
  const seen = [];
  for (const [from, to] of requests) seen.push(await ask(burst, from, to));
  expect(seen).toEqual(expected);
});

test('while one is under way there is no pause', async () => {
  const burst = begin();
  await burst.run(async (first) => {
    expect([first, await ask(burst, 20_000, 20_100), await ask(burst, 40_000, 40_100)]).toEqual([
      'name-1',
      'name-1',
      'name-1',
    ]);
  });
});

test('one that failed is over as well', async () => {
  const burst = begin();
  await expect(burst.run(() => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  expect(await ask(burst, 2_001, 2_100)).toBe('name-2');
});

test('what is asked after a change has another name', async () => {
  const burst = begin();
  expect(await ask(burst, 0, 100)).toBe('name-1');
  burst.end();
  expect(await ask(burst, 200, 300)).toBe('name-2');
});
