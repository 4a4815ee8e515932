// Goal: the keys of a long list lead where they say, and its drawn rows always hold those in view.
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { moveThrough, rowsInView } from './move-through.ts';

test.each([
  ['ArrowDown', 3, 20, 4],
  ['j', -1, 20, 0],
  ['j', 19, 20, 19],
  ['ArrowUp', 3, 20, 2],
  ['k', 0, 20, 0],
  ['PageDown', 3, 20, 13],
  ['PageDown', 15, 20, 19],
  ['PageUp', 15, 20, 5],
  ['Home', 15, 20, 0],
  ['End', 3, 20, 19],
  ['x', 3, 20, null],
  ['j', -1, 0, null],
] as const)('%s from %i of %i leads to %p', (key, at, count, to) => {
  expect(moveThrough(key, at, count)).toBe(to);
});

test('rows in view are drawn, and no more than a screen and what is spare', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 2_000 }), fc.nat(5_000), (top, height, count) => {
      const scrolled = Math.min(top, Math.max(0, count * 46 - height));
      const { from, to } = rowsInView(scrolled, height, 46, count);
      expect(from).toBeLessThanOrEqual(Math.floor(scrolled / 46));
      expect(to).toBe(Math.min(count, Math.ceil((scrolled + height) / 46) + 8));
      expect(to - from).toBeLessThanOrEqual(Math.ceil(height / 46) + 17);
    }),
  );
});
