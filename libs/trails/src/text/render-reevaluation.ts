import type { ReevaluatedItem, Reevaluation, Said } from '../reevaluate/reevaluation-format.ts';

/** A re-evaluation to be read in a terminal: what came of it, then every difference. Ends with a newline. */
export function renderReevaluation(name: string, digest: string, again: Reevaluation): string {
  const { result, counts, items, size, format, beyond } = again;
  const differing = items.filter((item) => item.result !== 'confirms');
  const lines = [
    `${name}  ${result}: the rules and prices that the first ${size} leaves of the log know, run again on what they record`,
    `${counts.confirms} equal, ${counts.diverges} different, ${counts.not_deterministic} that cannot be told`,
    `${format} sha256 ${digest}`,
    '',
    ...ABOUT.map(([about, words]) => {
      const of = items.filter((item) => item.about === about);
      return `${words.padEnd(20)} ${of.filter((item) => item.result === 'confirms').length} of ${of.length} equal`;
    }),
    ...(beyond.entries === 0
      ? []
      : [
          `${'not run again'.padEnd(20)} ${amounts(beyond.amounts)} of told lines, hand-overs and human steps`,
        ]),
    ...(differing.length === 0 ? [] : ['', ...differing.flatMap(itemLines)]),
  ];
  return `${lines.join('\n')}\n`;
}

const ABOUT: readonly (readonly [ReevaluatedItem['about'], string])[] = [
  ['outcome', 'effects of events'],
  ['verdict', 'verdict'],
  ['attempt', 'attempts'],
  ['cost', 'costs of usages'],
];

function itemLines({
  about,
  n,
  trace,
  rules,
  recorded,
  derived,
  result,
  because,
}: ReevaluatedItem): string[] {
  const where = n === null ? (trace === null ? '' : ` of trace ${trace}`) : ` of entry ${n}`;
  return [
    `${result}  ${about}${where}`,
    `    recorded  ${text(recorded)}`,
    `    derived   ${text(derived)}`,
    ...(rules.length === 0 ? [] : [`    by        ${rules.join(', ')}`]),
    ...(because === null ? [] : [`    because   ${because}`]),
  ];
}

const text = (said: Said | null): string =>
  said === null
    ? 'nothing'
    : Object.entries(said)
        .map(([name, value]) => `${name} ${value ?? '-'}`)
        .join(', ');

const amounts = (sums: Readonly<Record<string, string>>): string =>
  Object.entries(sums)
    .map(([currency, amount]) => `${amount} ${currency}`)
    .join(', ') || 'nothing';
