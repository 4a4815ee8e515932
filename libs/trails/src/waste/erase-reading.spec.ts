import { expect, test } from '@jest/globals';
import { eraseReading } from './erase-reading.ts';

test('names of arguments go, but for those that a rule needs; everything else stays', () => {
  const steps = {
    a: {
      arguments: { same: 1, fields: { 'Mrs Smith': 2, claim: 3, amount: 4 } },
      result: { same: 5, bytes: 9 },
    },
    b: { output: { same: 6, bytes: 2, calls: [{ id: 'call_1', name: 'pay', same: 1 }] } },
  };
  expect(eraseReading({ v: 1, steps }, new Set(['claim']))).toEqual({
    v: 1,
    steps: {
      a: {
        arguments: { same: 1, fields: { 'argument 1': 2, 'argument 2': 4, claim: 3 } },
        result: { same: 5, bytes: 9 },
      },
      b: steps.b,
    },
  });
  const once = eraseReading({ v: 1, steps }, new Set());
  expect(eraseReading(once, new Set())).toEqual(once);
});
