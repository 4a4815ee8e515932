import type { ReactNode } from 'react';
import { usePages } from '../../api/use-pages.ts';
import { showTime } from '../../format/time.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Empty } from '../../parts/states.tsx';

const TEXTS = {
  rejected: [
    'Refused on arrival',
    'Spans that could not be stored: a bad id, a time out of range, a limit. The sender was told how many, and why.',
    'Every span that arrived could be stored.',
  ],
  conflicting: [
    'Sent twice, differently',
    'The same span came again with other bytes. The first stands; the second is kept here and counted.',
    'No span came twice with different bytes.',
  ],
} as const;

/** What was kept aside because of how it was sent. */
export function Kept({ kind }: { readonly kind: 'rejected' | 'conflicting' }): ReactNode {
  const pages = usePages('/v1/set-aside', { query: { kind, limit: '100' } });
  const [title, lead, nothing] = TEXTS[kind];
  return (
    <Section title={title} lead={lead}>
      <Paged pages={pages} what="entries">
        {(all) => (
          <DataTable
            caption={title}
            isPaged
            isCaptionHidden
            file={kind}
            rows={all.flatMap(({ items }) => items)}
            keyOf={({ id }) => id}
            columns={[
              {
                title: 'About',
                cell: ({ subject }) => <code>{subject}</code>,
                csv: ({ subject }) => subject,
              },
              {
                title: 'Why',
                cell: ({ reason }) => reason.replaceAll('_', ' '),
                csv: ({ reason }) => reason,
              },
              {
                title: 'Detail',
                cell: ({ detail }) => <code>{JSON.stringify(detail)}</code>,
                csv: ({ detail }) => JSON.stringify(detail),
              },
              { title: 'Since', cell: ({ since }) => showTime(since), csv: ({ since }) => since },
            ]}
            empty={<Empty title="Nothing here">{nothing}</Empty>}
          />
        )}
      </Paged>
    </Section>
  );
}
