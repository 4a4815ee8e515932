import { expect, test } from '@jest/globals';
import { Slots } from './slots.ts';

test('tenants take turns, however many of one tenant wait; each tenant in order of arrival', async () => {
  const slots = new Slots(1);
  const giveBack = await slots.take(1n);
  const served: string[] = [];
  const waiting = (['1a', '1b', '1c', '2a', '3a', '2b'] as const).map(async (name) => {
    const giveOwnBack = await slots.take(BigInt(name[0]!));
    served.push(name);
    giveOwnBack();
    giveOwnBack();
  });
  giveBack();
  await Promise.all(waiting);
  expect(served).toEqual(['1a', '2a', '3a', '1b', '2b', '1c']);
});

test('so many at once, and no more after a slot was given back twice', async () => {
  const slots = new Slots(2);
  const first = await slots.take(1n);
  await slots.take(1n);
  first();
  first();
  await slots.take(2n);
  let isIn = false;
  void slots.take(2n).then(() => (isIn = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isIn).toBe(false);
});
