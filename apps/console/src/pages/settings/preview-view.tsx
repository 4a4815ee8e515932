import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { plural } from '../../format/outcome-words.ts';
import { showDay, showTime } from '../../format/time.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { useAddresses } from '../../url/use-addresses.ts';

type Preview = Schemas['PreviewDetail'];

/** What a change would move, in words and by workflow, month and work item; how far it is worked out while it is. */
export function PreviewView({ preview }: { readonly preview: Preview }): ReactNode {
  if (preview.state === 'open')
    return (
      <p className="notice" role="status">
        Working it out: {showCount(preview.tracesDone)} of {showCount(preview.tracesKnown)} traces so far.
        Nothing of it is kept.
      </p>
    );
  if (preview.state === 'failed')
    return (
      <p className="notice bad" role="alert">
        It could not be worked out: {preview.failure ?? preview.error}
      </p>
    );
  return (
    <div className="section" aria-live="polite">
      <Verdict preview={preview} />
      <Breakdown preview={preview} />
    </div>
  );
}

function Verdict({ preview }: { readonly preview: Preview }): ReactNode {
  const { moved, charges } = preview;
  if (preview.isNothing)
    return <p className="notice">This is what is in force already: recording it would change nothing.</p>;
  return (
    <div className={charges.length === 0 ? 'notice' : 'notice warn'}>
      <strong>
        {charges.length === 0
          ? 'The sum of all charges stays as it is.'
          : charges.map(({ currency, amount }) => (
              <span key={currency}>
                Charges would change by <Amount value={amount} currency={currency} />.{' '}
              </span>
            ))}
      </strong>
      <p>
        {plural(moved.traces, 'trace')}, {plural(moved.charges, 'charge')} and{' '}
        {plural(moved.items, 'work item')} would move
        {preview.tracesFailed > 0 && `; ${plural(preview.tracesFailed, 'trace')} could not be worked out`}.
        Asked {showTime(preview.requestedAt)}, holds until {showTime(preview.expiresAt)}.
      </p>
      {preview.decision !== null && (
        <p>
          {preview.decision === 'approved' ? 'Approved' : 'Declined'} {showTime(preview.decidedAt)}.
        </p>
      )}
    </div>
  );
}

function Breakdown({ preview }: { readonly preview: Preview }): ReactNode {
  const addresses = useAddresses();
  return (
    <>
      <DataTable
        caption="What would move, by workflow and account"
        file={`preview-${preview.previewId}`}
        rows={preview.deltas}
        keyOf={(row) => [row.currency, row.code, row.period, row.account, row.workflow].join('|')}
        empty={null}
        columns={[
          { title: 'Account', cell: (row) => <code>{row.account}</code>, csv: (row) => row.account },
          { title: 'Workflow', cell: (row) => row.workflow ?? 'none', csv: (row) => row.workflow },
          { title: 'Month', cell: (row) => showDay(row.period), csv: (row) => row.period },
          { title: 'Code', cell: (row) => row.code, csv: (row) => row.code },
          {
            title: 'Entries',
            align: 'end',
            cell: (row) => showCount(row.entries),
            csv: (row) => row.entries,
          },
          {
            title: 'Change',
            align: 'end',
            cell: (row) => <Amount value={row.amount} currency={row.currency} />,
            csv: (row) => row.amount,
          },
          { title: 'Currency', cell: (row) => row.currency, csv: (row) => row.currency },
        ]}
      />
      <DataTable
        caption="The largest single moves"
        file={`preview-${preview.previewId}-largest`}
        rows={preview.largest}
        keyOf={(row, index) => `${row.account}${index}`}
        empty={null}
        columns={[
          {
            title: 'Work item',
            cell: ({ workItem }) =>
              workItem === null ? (
                'none'
              ) : (
                <Link href={addresses.workItemCost(workItem)}>
                  {workItem.kind}:{workItem.key}
                </Link>
              ),
            csv: ({ workItem }) => (workItem === null ? null : `${workItem.kind}:${workItem.key}`),
          },
          { title: 'Account', cell: (row) => <code>{row.account}</code>, csv: (row) => row.account },
          {
            title: 'Change',
            align: 'end',
            cell: (row) => <Amount value={row.amount} currency={row.currency} />,
            csv: (row) => row.amount,
          },
        ]}
      />
    </>
  );
}
