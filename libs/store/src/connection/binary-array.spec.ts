import { expect, test } from '@jest/globals';
import { byteaArray, textArray } from './binary-array.ts';

// As PostgreSQL 18 sends them: SELECT encode(array_send(ARRAY['a', 'é"']), 'hex') and the like.
test.each([
  [textArray(['a', 'é"']), '00000001000000000000001900000002000000010000000161' + '00000003c3a922'],
  [textArray([]), '000000000000000000000019'],
  [byteaArray([Buffer.from([0, 255])]), '000000010000000000000011000000010000000100000002' + '00ff'],
])('%#', (array, hex) => expect(array.toString('hex')).toBe(hex));
