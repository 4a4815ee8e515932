import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectGarbage } from './collect-garbage.ts';

test('what nobody holds is gone, and no script can ask for it afterwards', async () => {
  const held = { bytes: Buffer.alloc(1_000) };
  const refs = [new WeakRef(held), new WeakRef({ bytes: Buffer.alloc(1_000) })];
  // What a WeakRef was made of in this turn is kept until it ends.
  await sleep(1);
  collectGarbage();
  expect(refs.map((ref) => ref.deref() === undefined)).toEqual([false, true]);
  expect(held.bytes).toHaveLength(1_000);
  expect('gc' in globalThis).toBe(false);
});
