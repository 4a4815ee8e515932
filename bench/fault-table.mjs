const BEGIN = '<!-- faults: made by bench/faults-table.mjs -->';
const END = '<!-- faults end -->';
const COLUMNS = [
  ['fault', ({ fault }) => fault],
  ['what was done', ({ done }) => done],
  ['times', ({ times }) => String(times)],
  ['lost', ({ lost }) => String(lost)],
  [
    'recovery',
    ({ recoverySeconds }) => (recoverySeconds === null ? 'nothing stopped' : `${recoverySeconds} s`),
  ],
  ['told by', ({ told }) => told],
];

/**
 * The page with its table made anew.
 *
 * @param {string} page with the two marks
 * @param {readonly { fault: string, done: string, times: number, lost: number, recoverySeconds: number | null, told: string }[]} records
 * @throws Error where a mark is missing
 */
export function withFaultTable(page, records) {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end === -1) throw new Error('docs/faults.md has lost the marks of its table');
  const cells = [
    COLUMNS.map(([name]) => name),
    ...records.map((record) => COLUMNS.map(([, show]) => show(record))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((row) => row[column].length), 3));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const table = [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
  return `${page.slice(0, begin)}${BEGIN}\n\n${table}\n\n${page.slice(end)}`;
}
