import type { Column } from '../../parts/data-table.tsx';

/** What says that a step belongs to a work item, and how surely: the columns of every table of links. */
export const LINK_COLUMNS: readonly Column<{
  readonly rule: string;
  readonly tier: string;
  readonly confidence: string;
}>[] = [
  { title: 'Rule', cell: ({ rule }) => rule, csv: ({ rule }) => rule },
  { title: 'Tier', cell: ({ tier }) => tier, csv: ({ tier }) => tier },
  {
    title: 'Confidence',
    align: 'end',
    cell: ({ confidence }) => confidence,
    csv: ({ confidence }) => confidence,
  },
];
