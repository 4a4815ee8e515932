import type { DiffRow, TrailDiff } from '../diff/diff-format.ts';
import type { ActCounts } from '../precedents/rank-precedents.ts';
import { amounts } from './render-replay.ts';

/** A diff and what stands beside it in an answer. */
export interface ReadableDiff {
  readonly names: { readonly a: string; readonly b: string };
  readonly diff: TrailDiff;
  readonly similar: ActCounts | null;
}

const MARKS = { same: ' ', changed: '~', only_a: '-', only_b: '+' } as const;

/** A diff to be read in a terminal, `-` for what only the first trail has, `+` for the second. Ends with a newline. */
export function renderDiff({ names, diff, similar }: ReadableDiff): string {
  const { a, b, firstDivergence } = diff;
  const lines = [
    `- ${names.a}  ${a.phase}, ${a.acts} acts, ${a.retries} retries, ${amounts(a.cost)}`,
    `+ ${names.b}  ${b.phase}, ${b.acts} acts, ${b.retries} retries, ${amounts(b.cost)}`,
    `${diff.label}; ${diff.format}, at size ${diff.size}`,
    '',
    firstDivergence === null ? 'no deed differs' : `first divergence: ${rowText(firstDivergence)}`,
    ...(similar === null
      ? []
      : [
          `of ${similar.with.trails + similar.without.trails} closed trails of this kind, with ${similar.signature}: ` +
            `${similar.with.failed} of ${similar.with.trails} failed; without: ${similar.without.failed} of ${similar.without.trails}`,
        ]),
    '',
    ...diff.rows.map(rowText),
    '',
    ...[
      listText('rules only in -', diff.rules.onlyA),
      listText('rules only in +', diff.rules.onlyB),
      listText(
        'rule versions',
        diff.rules.versions.map((each) => `${each.rule} ${each.a ?? '?'} -> ${each.b ?? '?'}`),
      ),
      listText('documents used only in -', diff.retrieved.usedOnlyA),
      listText('documents used only in +', diff.retrieved.usedOnlyB),
      listText(
        'tools',
        diff.tools.map(
          (each) =>
            `${each.tool} ${each.a.called} -> ${each.b.called} (failed ${each.a.failed} -> ${each.b.failed})`,
        ),
      ),
      listText(
        'tokens',
        diff.tokens.map((each) => `${each.class} ${each.a} -> ${each.b}`),
      ),
    ].filter((line) => line !== null),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function rowText(row: DiffRow): string {
  const places = `${row.a ?? '-'}/${row.b ?? '-'}`.padStart(9);
  const what = [
    row.changed.length === 0 ? '' : `: ${row.changed.join(', ')} changed`,
    row.unknown.length === 0 ? '' : ` (${row.unknown.join(', ')} unknown)`,
    row.afterVerdict ? ' [after the verdict]' : '',
  ];
  return `${MARKS[row.class]} ${places}  ${row.signature}${what.join('')}`;
}

const listText = (name: string, items: readonly string[]): string | null =>
  items.length === 0 ? null : `${name}: ${items.join(', ')}`;
