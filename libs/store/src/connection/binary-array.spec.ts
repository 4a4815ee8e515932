import { expect, test } from '@jest/globals';
import { byteaArray, textArray } from './binary-array.ts';

// As PostgreSQL 18 sends them: SELECT encode(array_send(ARRAY['a', 'é"']), 'hex') and the like.
test.each([
  [textArray(['a', 'é"']), '0000000100000000000000190000000200000001000000016100000003c3a922'],
  [textArray([]), '000000000000000000000019'],
  [byteaArray([Buffer.from([0, 255])]), '00000001000000000000001100000001000000010000000200ff'],
])('%#', (array, hex) => expect(array.toString('hex')).toBe(hex));
