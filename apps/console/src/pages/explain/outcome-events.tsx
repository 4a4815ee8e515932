import type { ReactNode } from 'react';
import type { Schemas } from '../../api/wire-types.ts';
import { showTime } from '../../format/time.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/states.tsx';

/** What business systems told of a work item: it decides where its cost sits. */
export function OutcomeEvents(props: {
  readonly outcomes: readonly Schemas['Outcome'][];
  readonly file: string;
}): ReactNode {
  return (
    <DataTable
      caption="Events that decided where the cost sits"
      file={`${props.file}-outcomes`}
      rows={props.outcomes}
      keyOf={({ outcomeId }) => outcomeId}
      columns={[
        {
          title: 'When',
          cell: ({ time, timeAssumed }) => showTime(time) + (timeAssumed ? ' (assumed)' : ''),
          csv: ({ time }) => time,
        },
        { title: 'Event', cell: ({ type }) => type, csv: ({ type }) => type },
        {
          title: 'Read as',
          cell: ({ effect, setAside }) => setAside ?? effect.replaceAll('_', ' '),
          csv: ({ effect }) => effect,
        },
        { title: 'Source', cell: ({ source }) => source, csv: ({ source }) => source },
        {
          title: 'Value',
          align: 'end',
          cell: ({ value }) =>
            value === null ? '–' : `${value.amount} ${value.currency ?? value.unit ?? ''}`,
          csv: ({ value }) => value?.amount,
        },
        {
          title: 'Received',
          cell: ({ receivedAt }) => showTime(receivedAt),
          csv: ({ receivedAt }) => receivedAt,
        },
      ]}
      empty={
        <Empty title="No outcome event yet">
          Until a business system tells what became of it, its cost is in progress.
        </Empty>
      }
    />
  );
}
