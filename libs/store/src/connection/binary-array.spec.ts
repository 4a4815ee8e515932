import { expect, test } from '@jest/globals';
import {
  bigintArray,
  byteaArray,
  integerArray,
  textArray,
  timestampArray,
  uuidArray,
} from './binary-array.ts';

const ID = '00112233-4455-6677-8899-aabbccddeeff';

// As PostgreSQL 18 sends them: SELECT encode(array_send(ARRAY['a', 'é"']), 'hex') and the like.
test.each([
  [textArray(['a', 'é"']), '0000000100000000000000190000000200000001000000016100000003c3a922'],
  [textArray([]), '000000000000000000000019'],
  [textArray([null, '']), '0000000100000001000000190000000200000001ffffffff00000000'],
  [
    uuidArray([ID, null]),
    '000000010000000100000b8600000002000000010000001000112233445566778899aabbccddeeffffffffff',
  ],
  [bigintArray([-1n]), '000000010000000000000014000000010000000100000008ffffffffffffffff'],
  [integerArray([-2]), '000000010000000000000017000000010000000100000004fffffffe'],
  [
    timestampArray([946_684_800_000_001n]),
    '0000000100000000000004a00000000100000001000000080000000000000001',
  ],
  [byteaArray([Buffer.from([0, 255])]), '00000001000000000000001100000001000000010000000200ff'],
])('%#', (array, hex) => expect(array.toString('hex')).toBe(hex));

test.each(['', ID.slice(1), `${ID.slice(1)}g`])('%p is no uuid', (id) =>
  expect(() => uuidArray([id])).toThrow(RangeError),
);
test.each([-62_135_596_800_000_001n, 253_402_300_800_000_000n])(
  '%p is no time of the years 1 to 9999',
  (us) => expect(() => timestampArray([us])).toThrow(RangeError),
);
