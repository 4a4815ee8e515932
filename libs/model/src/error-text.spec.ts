import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { RejectedInput } from './errors.ts';
import { errorStack, errorText } from './error-text.ts';

const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
};
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const ofPostgres = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code, severity: 'ERROR' });

test.each<[string, unknown, string]>([
  [
    'JSON.parse',
    thrownBy(() => JSON.parse('{"name":"O\'Hara"')),
    'Expected [cut] after property value in JSON at position 16',
  ],
  [
    'JSON.parse of a word',
    thrownBy(() => JSON.parse('CANARY "x"')),
    'Unexpected token [cut] is not valid JSON',
  ],
  ['BigInt', thrownBy(() => BigInt('CANARY x')), 'Cannot convert [cut] to a BigInt'],
  [
    'RegExp',
    thrownBy(() => new RegExp(['CAN/ARY('].join(''))),
    'Invalid regular expression: [cut]: Unterminated group',
  ],
  [
    'a value that PostgreSQL cannot take',
    ofPostgres('22P02', 'invalid input syntax for type uuid: "CAN"ARY"'),
    'invalid input syntax for type uuid: [cut]',
  ],
  [
    'a constraint',
    ofPostgres('23505', 'duplicate key value violates unique constraint "spans_pkey"'),
    'duplicate key value violates unique constraint "spans_pkey"',
  ],
  ['our own', new RejectedInput('invalid', 'must be "a" or "b"', 'kind'), 'must be "a" or "b"'],
  ['a word', 'closed', 'closed'],
  ['anything else', { name: 'CANARY' }, 'a thrown object'],
])('%s', (_, error, text) => {
  // Newer engines add line and column.
  expect(errorText(error).replace(/ \(line \d+ column \d+\)$/, '')).toBe(text);
  if (error instanceof Error) expect(errorStack(error)).toContain(errorText(error));
});

test('whatever JSON.parse is given, nothing of it stands in the text or the stack', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const given = `${before}CANARY${after}`;
      fc.pre(!isJson(given));
      const error = thrownBy(() => JSON.parse(given));
      expect(`${errorText(error)} ${error instanceof Error ? errorStack(error) : ''}`).not.toContain(
        'CANARY',
      );
    }),
  );
});
