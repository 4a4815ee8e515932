import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/states.tsx';
import { readWorkItemName } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { useSearchValue } from '../../url/use-filters.ts';
import { actText, spaced } from '../work-item/describe-entry.ts';

type Row = Schemas['DiffRow'];

const CLASSES = { same: 'same', changed: 'changed', only_a: 'only first', only_b: 'only second' } as const;
const TONES = { same: 'plain', changed: 'warn', only_a: 'bad', only_b: 'bad' } as const;

/** The aligned acts of two trails, all of them or those that differ. */
export function DiffRows(props: {
  readonly names: { readonly a: string; readonly b: string };
  readonly diff: Schemas['TrailDiff'];
}): ReactNode {
  const { names, diff } = props;
  const to = useAddresses();
  const [show, setShow] = useSearchValue('show');
  const rows =
    show === 'all' ? diff.rows : diff.rows.filter((row) => row.class !== 'same' || row.unknown.length > 0);
  const entry = (side: 'a' | 'b', n: number | null): ReactNode => {
    const item = readWorkItemName(names[side]);
    return n === null || item === null ? '–' : <Link href={to.workItem(item, { n })}>entry {n}</Link>;
  };
  const columns: readonly Column<Row>[] = [
    {
      title: 'Act',
      cell: ({ signature, isDeed }) =>
        isDeed ? actText(signature) : <span className="soft">{actText(signature)}</span>,
      csv: ({ signature }) => signature,
    },
    {
      title: 'Is',
      cell: (row) => <span className={`mark ${TONES[row.class]}`}>{CLASSES[row.class]}</span>,
      csv: (row) => row.class,
    },
    { title: names.a, cell: ({ a }) => entry('a', a), csv: ({ a }) => a },
    { title: names.b, cell: ({ b }) => entry('b', b), csv: ({ b }) => b },
    {
      title: 'Changed',
      cell: ({ changed }) => changed.map(spaced).join(', '),
      csv: ({ changed }) => changed.join(' '),
    },
    {
      title: 'Not comparable',
      hint: 'Not opened, not recorded, or erased',
      cell: ({ unknown }) => unknown.map(spaced).join(', '),
      csv: ({ unknown }) => unknown.join(' '),
    },
    {
      title: 'When',
      cell: ({ afterVerdict }) => (afterVerdict ? 'after a verdict' : ''),
      csv: ({ afterVerdict }) => afterVerdict,
    },
  ];
  return (
    <>
      <label className="row">
        <input
          type="checkbox"
          checked={show === 'all'}
          onChange={({ target }) => setShow(target.checked ? 'all' : null)}
        />
        <span>Also what is the same in both ({diff.rows.length} acts in all)</span>
      </label>
      <DataTable
        caption="Acts"
        isCaptionHidden
        file="diff-acts"
        rows={rows}
        keyOf={({ a, b }) => `${a} ${b}`}
        columns={columns}
        pageSize={200}
        empty={<Empty title="All acts are the same">Nothing that is recorded differs between the two.</Empty>}
      />
    </>
  );
}
