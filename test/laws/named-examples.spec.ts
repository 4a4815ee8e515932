// Goal: every worked number of the methods and every worked example of the ledger that the books rest on is a test by
// that name, so that whoever reads the specification finds it, and nobody loses one by renaming.
import { expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { testTitles } from '../support/test-titles.ts';

/** The file in which each is a test of that name. */
const HOMES: readonly (readonly [file: string, names: readonly string[]])[] = [
  ['libs/model/src/money.spec.ts', ['[T0.1r]', '[T2.1]', '[T2.1b]', '[T2.1d]']],
  ['libs/pricing/src/charge-usage.spec.ts', ['[T0.1]']],
  ['libs/conventions/src/arbitrate.spec.ts', ['[T0.3]']],
  ['libs/attribution/src/confidence.spec.ts', ['[T1.2]', '[T1.2j]', '[T1.2fs]', '[T1.3]', '[T1.4]']],
  ['libs/economics/src/nowcast.spec.ts', ['T1.5:']],
  ['libs/economics/src/estimate-verified.spec.ts', ['T11.1:']],
  ['libs/reconciliation/src/split-variance.spec.ts', ['[T10.1]']],
  ['libs/reconciliation/src/compare-bill.spec.ts', ['[T10.1] [T10.2]']],
  ['libs/ledger/src/pools/pools.spec.ts', ['[T2.6]', '[T2.7]']],
  [
    'libs/economics/src/retry-economics.spec.ts',
    ['T3.1:', 'T3.1id:', 'T3.3:', 'T3.4:', 'T3.4z:', 'T3.5:', 'T3.6:'],
  ],
  ['libs/economics/src/cost-per-outcome.spec.ts', ['T3.2w:', 'T3.2z:', 'T3.2f:']],
  ['libs/economics/src/cost-tails.spec.ts', ['T3.7:', 'T3.7n:', 'T3.9:']],
  ['libs/economics/src/baseline.spec.ts', ['T3.8:', 'T7.1:', 'T7.2:', 'T7.3, T7.3p:', 'T7.4:', 'T7.6:']],
  [
    'libs/trails/src/waste/waste.spec.ts',
    ['[T4.1]', '[T4.2]', '[T4.3]', '[T4.3b]', '[T4.4]', '[T4.5]', '[T4.6]'],
  ],
  ['libs/economics/src/non-inferior.spec.ts', ['[T4.7]', '[T4.8n]']],
  ['libs/economics/src/segments.spec.ts', ['T6.1:', 'T6.2:', 'T6.3:', 'T6.4:', 'T6.5:']],
  ['libs/economics/src/before-after.spec.ts', ['T7.7:']],
  ['libs/economics/src/decide.spec.ts', ['T12.1:']],
  ['test/laws/splits.spec.ts', ['[T2.1sql]']],
  ['test/pipeline/pools.spec.ts', ['[T2.6]', '[T2.7]']],
  ['test/pipeline/cost-lines.spec.ts', ['[T2.8]']],
  [
    'test/pipeline/business-outcomes.spec.ts',
    ['T1.5a:', 'the same second for resolved and reopened gives one result in both orders of arrival'],
  ],
  ['test/pipeline/worked-examples.spec.ts', ['Ex 1:', 'Ex 2:', 'Ex 3:', 'Ex 4:', 'Ex 5:', 'Ex 8:']],
  ['test/pipeline/reconciliation.spec.ts', ['Ex 6:']],
  ['test/pipeline/foreign-invoices.spec.ts', ['Ex 7:']],
  ['test/laws/late-facts.spec.ts', ['a late span after a booked invoice']],
];

/** Sections 0, 1, 2.1, 2.2, 2.7, 2.8, 3, 4, 6, 7, 10 and 11 of the methods; Ex 1 to Ex 8 of the ledger. */
const WANTED = {
  methods:
    'T0.1 T0.1r T0.3 T1.2 T1.2fs T1.2j T1.3 T1.4 T1.5 T1.5a T10.1 T10.2 T11.1 T12.1 T2.1 T2.1b T2.1d ' +
    'T2.1sql T2.6 T2.7 T2.8 T3.1 T3.1id T3.2f T3.2w T3.2z T3.3 T3.4 T3.4z T3.5 T3.6 T3.7 T3.7n T3.8 T3.9 ' +
    'T4.1 T4.2 T4.3 T4.3b T4.4 T4.5 T4.6 T4.7 T4.8n T6.1 T6.2 T6.3 T6.4 T6.5 T7.1 T7.2 T7.3 T7.3p T7.4 ' +
    'T7.6 T7.7',
  ledger: 'Ex 1, Ex 2, Ex 3, Ex 4, Ex 5, Ex 6, Ex 7, Ex 8',
};

test('nothing of the specification is missing from the list', () => {
  const names = HOMES.flatMap(([, ofFile]) => ofFile).join(' ');
  const found = (pattern: RegExp): string[] => [...new Set(names.match(pattern))].sort();
  expect({ methods: found(/T\d+\.\d+[a-z]*/g).join(' '), ledger: found(/Ex \d/g).join(', ') }).toEqual(
    WANTED,
  );
});

test.each(HOMES)('%s has %j', (file, names) => {
  const titles = testTitles(readFileSync(file, 'utf8'));
  expect(names.filter((name) => !titles.some((title) => title.startsWith(name)))).toEqual([]);
});

test('each stands in a spec file that the test run finds', () => {
  const specs = ['apps', 'libs', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((entry) => `${folder}/${entry}`),
  );
  expect(HOMES.map(([file]) => file).filter((file) => !specs.includes(file))).toEqual([]);
});

const METHODS = new URL('../../../shared/design/methods.md', import.meta.url).pathname;
/** The text of a section, 3 or 1.6, up to the next one of its depth. */
function sectionOf(text: string, number: string): string {
  const begin = number.includes('.') ? `**${number} ` : `## ${number}. `;
  const start = text.indexOf(`\n${begin}`);
  if (start === -1) throw new Error(`methods.md has no section ${number}`);
  const end = text.slice(start + 1).search(number.includes('.') ? /\n(?:\*\*\d|## )/ : /\n## /);
  return text.slice(start, end === -1 ? undefined : start + 1 + end);
}

test.each([
  ['1.6', 1],
  ['3', 14],
  ['4', 9],
  ['6', 6],
  ['7', 7],
])('each number of section %s of methods.md, of which there are %i, is wanted', (number, count) => {
  // The specification is not part of the repository: without it the list above stands for it.
  if (!existsSync(METHODS)) {
    console.warn(`NOT CHECKED against the methods, section ${number}: there is no ${METHODS}`);
    return;
  }
  const tags = sectionOf(readFileSync(METHODS, 'utf8'), number).match(/(?<=\[)T\d+\.\d+[a-z]*(?=\])/g) ?? [];
  expect([...new Set(tags)].filter((tag) => !WANTED.methods.split(' ').includes(tag))).toEqual([]);
  expect(new Set(tags).size).toBe(count);
});
