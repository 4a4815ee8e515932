import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { showTime } from '../../format/time.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/states.tsx';
import { useAddresses } from '../../url/use-addresses.ts';
import { spaced } from './describe-entry.ts';

type Attempt = Schemas['ReplayAttempt'];

/** The attempts of a trail, each with where its cost sits and how it is told apart from the others. */
export function AttemptsTable({
  attempts,
  file,
}: {
  readonly attempts: readonly Attempt[];
  readonly file: string;
}): ReactNode {
  const to = useAddresses();
  const columns: readonly Column<Attempt>[] = [
    { title: 'Attempt', cell: ({ n }) => `#${n}`, csv: ({ n }) => n },
    { title: 'Cost sits on', cell: ({ placement }) => spaced(placement), csv: ({ placement }) => placement },
    { title: 'Began', cell: ({ startedAt }) => showTime(startedAt), csv: ({ startedAt }) => startedAt },
    { title: 'Ended', cell: ({ endedAt }) => showTime(endedAt), csv: ({ endedAt }) => endedAt },
    { title: 'Workflow', cell: ({ workflow }) => workflow, csv: ({ workflow }) => workflow },
    {
      title: 'Agent and model',
      cell: ({ agent, model }) => [agent, model].filter(Boolean).join(', ') || '–',
      csv: ({ agent, model }) => [agent, model].filter(Boolean).join(', '),
    },
    {
      title: 'Told apart by',
      hint: 'What said where this attempt begins and ends',
      cell: ({ toldApartBy, grade }) => `${spaced(toldApartBy)} (${grade})`,
      csv: ({ toldApartBy }) => toldApartBy,
    },
    {
      title: 'Traces',
      cell: ({ traces }) =>
        traces.map((trace) => (
          <div key={trace}>
            <Link href={to.transactions({ trace })}>
              <code>{trace.slice(0, 8)}…</code>
              <span className="visually-hidden"> postings of the trace {trace}</span>
            </Link>
          </div>
        )),
      csv: ({ traces }) => traces.join(' '),
    },
  ];
  return (
    <DataTable
      caption="Attempts"
      file={`${file}-attempts`}
      columns={columns}
      rows={attempts}
      keyOf={({ attemptId }) => attemptId}
      empty={
        <Empty title="No attempt yet">
          Spans that name this work item make one. So far only a business system has told about it.
        </Empty>
      }
    />
  );
}
