import { expect, test } from '@jest/globals';
import { RunSlots } from './run-slots.ts';

function held() {
  let release = () => {};
  const until = new Promise<void>((resolve) => (release = resolve));
  return { until, release };
}

test('as many run at once as there are slots, the others in the order they came', async () => {
  const slots = new RunSlots(2);
  const seen: string[] = [];
  const holds = { a: held(), b: held(), c: held(), d: held() };
  const runs = Object.entries(holds).map(([name, { until }]) =>
    slots.run(async () => {
      seen.push(`${name} begins`);
      await until;
      seen.push(`${name} ends`);
    }),
  );
  expect(seen).toEqual(['a begins', 'b begins']);
  holds.b.release();
  await runs[1];
  await Promise.resolve();
  expect(seen).toEqual(['a begins', 'b begins', 'b ends', 'c begins']);
  for (const { release } of Object.values(holds)) release();
  await Promise.all(runs);
  expect(seen.slice(4).sort()).toEqual(['a ends', 'c ends', 'd begins', 'd ends']);
});

test('a run that fails gives its slot back, and is waited for', async () => {
  const slots = new RunSlots(1);
  const hold = held();
  const failing = slots.run(async () => {
    await hold.until;
    throw new Error('no luck');
  });
  const settled = slots.settled();
  hold.release();
  await expect(failing).rejects.toThrow('no luck');
  await settled;
  let isRun = false;
  await slots.run(async () => void (isRun = true));
  expect(isRun).toBe(true);
});

test('a sweep runs at once, then every so often where a slot is free, until it is ended', async () => {
  const slots = new RunSlots(1);
  const hold = held();
  const enough = held();
  let runs = 0;
  const stop = slots.sweep(
    () =>
      slots.run(async () => {
        runs += 1;
        if (runs === 1) await hold.until;
        if (runs === 3) enough.release();
        if (runs > 1) throw new Error('no luck');
      }),
    5,
  );
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(runs).toBe(1);
  hold.release();
  await enough.until;
  stop();
  const before = runs;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(runs).toBe(before);
});
