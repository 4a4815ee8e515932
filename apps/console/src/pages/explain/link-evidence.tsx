import type { ReactNode } from 'react';
import type { Schemas } from '../../api/wire-types.ts';
import { showTime } from '../../format/time.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { PrincipalName } from '../../parts/principal-name.tsx';
import { Empty } from '../../parts/states.tsx';
import { LINK_COLUMNS } from './link-columns.ts';

/** Links of a work item: every one there was, those too doubtful to book, and what people decided. */
export function LinkEvidence(props: {
  readonly explanation: Schemas['CostExplanation'];
  readonly file: string;
}): ReactNode {
  const { linkHistory, candidates, decisions } = props.explanation;
  return (
    <Section
      title="Links"
      lead="What says that steps belong to this work item. A link that changes is superseded, none is removed."
    >
      <DataTable
        caption="Every link there was"
        file={`${props.file}-links`}
        rows={linkHistory ?? candidates}
        keyOf={({ linkId }) => linkId}
        columns={[
          ...LINK_COLUMNS,
          {
            title: 'State',
            cell: ({ state, supersededBy }) => (supersededBy === null ? state : `${state}, superseded`),
            csv: ({ state }) => state,
          },
          {
            title: 'Of',
            cell: ({ traceId, spanId }) => <code>{spanId ?? traceId}</code>,
            csv: ({ traceId, spanId }) => spanId ?? traceId,
          },
          {
            title: 'Recorded',
            cell: ({ recordedAt }) => showTime(recordedAt),
            csv: ({ recordedAt }) => recordedAt,
          },
        ]}
        empty={
          <Empty title="No link">No span names this work item, and nobody linked one to it by hand.</Empty>
        }
      />
      {decisions.length > 0 && <Decisions decisions={decisions} file={props.file} />}
    </Section>
  );
}

function Decisions(props: {
  readonly decisions: Schemas['CostExplanation']['decisions'];
  readonly file: string;
}): ReactNode {
  return (
    <DataTable
      caption="What people decided"
      file={`${props.file}-decisions`}
      rows={props.decisions}
      keyOf={({ decisionId, traceId }) => `${decisionId} ${traceId}`}
      columns={[
        {
          title: 'When',
          cell: ({ recordedAt }) => showTime(recordedAt),
          csv: ({ recordedAt }) => recordedAt,
        },
        { title: 'Decided', cell: ({ action }) => action, csv: ({ action }) => action },
        { title: 'Why', cell: ({ reason }) => reason, csv: ({ reason }) => reason },
        { title: 'Trace', cell: ({ traceId }) => <code>{traceId}</code>, csv: ({ traceId }) => traceId },
        {
          title: 'Who',
          cell: ({ recordedBy }) => <PrincipalName id={recordedBy} />,
          csv: ({ recordedBy }) => recordedBy,
        },
      ]}
      empty={null}
    />
  );
}
