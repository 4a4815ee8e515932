import { expect, test } from '@jest/globals';
import { csvText } from './csv.ts';

test.each([
  [['a', 1, 12n, true], 'a,1,12,true'],
  [[null, undefined, '', 0], ',,,0'],
  [['a "b"', 'c,d', 'e\nf'], '"a ""b""","c,d","e\nf"'],
  [['-0.5', '-1'], '-0.5,-1'],
  [['=1+1', '+1', '@x', '-cmd'], "'=1+1,'+1,'@x,'-cmd"],
])('%j is the line %s', (cells, line) => {
  expect(csvText(['h'], [cells])).toBe(`h\r\n${line}\r\n`);
});
