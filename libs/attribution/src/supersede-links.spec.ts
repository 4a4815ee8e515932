import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { supersedeLinks, type LinkClaim } from './supersede-links.ts';

const link = (slot: string, says: string): LinkClaim => ({ slot, says });

test.each<[string, LinkClaim[], LinkClaim[], [string | null, string | null][]]>([
  ['new', [link('a', '1')], [], [['1', null]]],
  ['the same', [link('a', '1')], [link('a', '1')], []],
  ['another claim', [link('a', '2')], [link('a', '1')], [['2', '1']]],
  ['gone', [], [link('a', '1')], [[null, '1']]],
  [
    'two standing beside each other, one of them right',
    [link('a', '1')],
    [link('a', '1'), link('a', '0')],
    [[null, '0']],
  ],
  [
    'two standing, neither right',
    [link('a', '2')],
    [link('a', '1'), link('a', '0')],
    [
      ['2', '1'],
      [null, '0'],
    ],
  ],
])('%s', (_, wanted, standing, expected) => {
  const changes = supersedeLinks(wanted, standing);
  expect(changes.map((change) => [change.link?.says ?? null, change.supersedes?.says ?? null])).toEqual(
    expected,
  );
});

test('afterwards exactly the wanted links stand, and doing it again changes nothing', () => {
  const anyLink = fc.record({ slot: fc.constantFrom('a', 'b', 'c'), says: fc.constantFrom('1', '2', '3') });
  fc.assert(
    fc.property(
      fc.uniqueArray(anyLink, { selector: ({ slot }) => slot }),
      fc.uniqueArray(anyLink, { selector: ({ slot, says }) => slot + says }),
      (wanted, standing) => {
        const changes = supersedeLinks(wanted, standing);
        const after = [
          ...standing.filter((each) => !changes.some(({ supersedes }) => supersedes === each)),
          ...changes.flatMap(({ link: added }) => added ?? []),
        ];
        const sorted = (links: readonly LinkClaim[]) => links.map(({ slot, says }) => slot + says).sort();
        expect(sorted(after)).toEqual(sorted(wanted));
        expect(supersedeLinks(wanted, after)).toEqual([]);
      },
    ),
  );
});
