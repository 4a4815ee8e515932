import { compileMatch, type ModelMatch } from '../model-match.ts';

/**
 * Ranks for models of one provider whose patterns overlap, so that the first in the catalogue's order wins, as
 * the catalogue means it. Only overlapping models get a rank above 0: a model added to the list leaves the rows
 * of the others as they are. Overlap is found on the names that the matches themselves spell out.
 */
export function overlapRanks(matches: readonly ModelMatch[]): number[] {
  const compiled = matches.map((match) => compileMatch(match));
  const spelled = [...new Set(matches.flatMap(literals))];
  const pairs = spelled.flatMap((name) => {
    const hit = compiled.flatMap(({ tests }, index) => (tests.some(({ test }) => test(name)) ? [index] : []));
    return hit.slice(1).map((after, at) => ({ before: hit[at]!, after }));
  });
  const ranks = matches.map(() => 0);
  for (const { before, after } of pairs.sort((a, b) => a.after - b.after))
    ranks[after] = Math.max(ranks[after]!, ranks[before]! + 1);
  return ranks;
}

function literals(match: ModelMatch): string[] {
  if ('or' in match) return match.or.flatMap(literals);
  if ('and' in match) return match.and.flatMap(literals);
  return Object.values(match).map((literal: string) => literal.toLowerCase());
}
