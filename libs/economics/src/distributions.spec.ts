import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  binomialCumulative,
  normalCumulative,
  normalQuantile,
  studentTCumulative,
  studentTQuantile,
} from './distributions.ts';
import { incompleteBeta, logGamma } from './incomplete-beta.ts';

// Published values: Abramowitz & Stegun, tables 26.1 and 26.10; exact fractions where there are any.
test.each([
  ['ln Γ(0.5) = ln √π', logGamma(0.5), Math.log(Math.sqrt(Math.PI))],
  ['ln Γ(11) = ln 10!', logGamma(11), Math.log(3_628_800)],
  ['Φ(0)', normalCumulative(0), 0.5],
  ['Φ(1.96)', normalCumulative(1.96), 0.9750021048517795],
  ['Φ(-1)', normalCumulative(-1), 0.15865525393145705],
  ['Φ(-6)', normalCumulative(-6), 9.865876450376981e-10],
  ['Φ(-40)', normalCumulative(-40), 0],
  ['z of 0.975', normalQuantile(0.975), 1.959963984540054],
  ['z of 0.8', normalQuantile(0.8), 0.8416212335729143],
  ['t of 0.975 with 1', studentTQuantile(0.975, 1), Math.tan(0.475 * Math.PI)],
  ['t of 0.975 with 9', studentTQuantile(0.975, 9), 2.2621571627982053],
  ['t of 0.995 with 30', studentTQuantile(0.995, 30), 2.749995653567225],
  ['t of 0.5', studentTQuantile(0.5, 4), 0],
  ['T(1) with 1 degree = 3/4', studentTCumulative(1, 1), 0.75],
  ['I_0.3(1, 1) = 0.3', incompleteBeta(0.3, 1, 1), 0.3],
  ['10 of 20 fair coins or fewer', binomialCumulative(10, 20, 0.5), 616_666 / 1_048_576],
  ['5 of 20 fair coins or fewer', binomialCumulative(5, 20, 0.5), 21_700 / 1_048_576],
  ['fewer than none', binomialCumulative(-1, 20, 0.5), 0],
  ['all or fewer', binomialCumulative(20, 20, 0.5), 1],
  ['none, if it never fails', binomialCumulative(0, 20, 1), 0],
])('%s', (_, computed, published) => {
  expect(Math.abs(computed - published)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(published)));
});

test('a quantile is where its distribution reaches it', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
      fc.integer({ min: 1, max: 5000 }),
      (probability, degrees) => {
        expect(normalCumulative(normalQuantile(probability))).toBeCloseTo(probability, 12);
        expect(studentTCumulative(studentTQuantile(probability, degrees), degrees)).toBeCloseTo(
          probability,
          10,
        );
      },
    ),
  );
});

test('what is not defined is refused', () => {
  expect(() => incompleteBeta(1.1, 1, 1)).toThrow(RangeError);
  expect(() => incompleteBeta(0.5, 0, 1)).toThrow(RangeError);
  expect(() => normalQuantile(1)).toThrow(RangeError);
  expect(() => studentTQuantile(0, 3)).toThrow(RangeError);
});
