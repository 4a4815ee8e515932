import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { allocateSample } from './allocate-sample.ts';

test.each<[number[], number, number, number[]]>([
  [[700, 200, 100], 10, 0, [7, 2, 1]],
  [[700, 200, 100], 10, 2, [5, 3, 2]],
  [[1000, 1], 10, 2, [9, 1]],
  [[3, 3], 100, 2, [3, 3]],
  [[5, 5, 5], 1, 2, [2, 2, 2]],
  [[0, 5], 3, 2, [0, 3]],
  [[], 3, 2, []],
])('of %j draw %i, at least %i each: %j', (sizes, total, minimum, drawn) => {
  expect(allocateSample(sizes, total, minimum)).toEqual(drawn);
});

test('as many as wanted, never more than there are, never fewer than the minimum', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 8 }), fc.nat(300), fc.nat(4), (sizes, total, minimum) => {
      const drawn = allocateSample(sizes, total, minimum);
      const all = sizes.reduce((sum, each) => sum + each, 0);
      const least = sizes.reduce((sum, each) => sum + Math.min(each, minimum), 0);
      expect(drawn.reduce((sum, each) => sum + each, 0)).toBe(Math.max(least, Math.min(all, total)));
      drawn.forEach((each, index) => {
        expect(each).toBeLessThanOrEqual(sizes[index]!);
        expect(each).toBeGreaterThanOrEqual(Math.min(sizes[index]!, minimum));
      });
    }),
  );
});
