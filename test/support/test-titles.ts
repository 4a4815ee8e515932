/**
 * What the tests of a spec file are called, as far as their titles are written out: the argument of `test`, and the first
 * text of each row of a table of cases. Those of tests that do not run (`skip`, `todo`, a comment) are none.
 */
export function testTitles(text: string): string[] {
  const run = text
    .split('\n')
    .filter((line) => !/^\s*(?:\/\/|\*|\/\*)/.test(line))
    .join('\n');
  return [...run.matchAll(/(?:(?<![.\w])test(?:\.each[^(]*)?\(|\[|\]\)\()\s*(['"`])(.+?)\1/g)].map(
    ([, , title]) => title!,
  );
}
