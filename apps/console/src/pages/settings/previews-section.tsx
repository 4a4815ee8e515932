import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { may, useSession } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import { usePages } from '../../api/use-pages.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { plural } from '../../format/outcome-words.ts';
import { showTime } from '../../format/time.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Answered, Empty, Failure } from '../../parts/states.tsx';
import { useSearchValue } from '../../url/use-filters.ts';
import { PreviewView } from './preview-view.tsx';

/** Changes that were asked about, and the decision of a second person where one is needed. */
export function PreviewsSection(): ReactNode {
  const previews = usePages('/v1/previews', { query: { limit: '50' } });
  const [chosen, choose] = useSearchValue('preview');
  return (
    <Section
      title="Previews"
      lead="What changes of rules and prices would move. One that restates the past is recorded only after somebody else approved its preview."
    >
      <Paged pages={previews} what="previews">
        {(all) => (
          <DataTable
            isPaged
            caption="Previews, newest first"
            file="previews"
            rows={all.flatMap(({ items }) => items)}
            keyOf={({ previewId }) => previewId}
            empty={
              <Empty title="Nobody asked yet">
                Every form on these pages has a button that shows what a change would move before it is
                recorded.
              </Empty>
            }
            columns={[
              {
                title: 'Asked',
                cell: ({ requestedAt }) => showTime(requestedAt),
                csv: (row) => row.requestedAt,
              },
              { title: 'Change of', cell: ({ kind }) => kind.replaceAll('_', ' '), csv: ({ kind }) => kind },
              {
                title: 'State',
                cell: ({ decision, state }) => decision ?? state,
                csv: (row) => row.decision ?? row.state,
              },
              {
                title: 'Moves',
                cell: ({ moved }) => plural(moved.items, 'work item'),
                csv: ({ moved }) => moved.items,
              },
              {
                title: 'Charges',
                align: 'end',
                cell: ({ charges }) =>
                  charges.map(({ currency, amount }) => (
                    <Amount key={currency} value={amount} currency={currency} />
                  )),
                csv: ({ charges }) =>
                  charges.map(({ currency, amount }) => `${amount} ${currency}`).join(' '),
              },
              {
                title: 'Look',
                cell: ({ previewId }) => (
                  <button type="button" className="quiet" onClick={() => choose(previewId)}>
                    Show<span className="visually-hidden"> the preview of {previewId}</span>
                  </button>
                ),
              },
            ]}
          />
        )}
      </Paged>
      {chosen !== null && <Chosen previewId={chosen} />}
    </Section>
  );
}

function Chosen({ previewId }: { readonly previewId: string }): ReactNode {
  const preview = useGet('/v1/previews/{previewId}', { path: { previewId } });
  return (
    <Answered query={preview} what="the preview">
      {(data) => (
        <div className="card">
          <PreviewView preview={data} />
          <Decision preview={data} />
        </div>
      )}
    </Answered>
  );
}

function Decision({ preview }: { readonly preview: Schemas['PreviewDetail'] }): ReactNode {
  const session = useSession();
  const queries = useQueryClient();
  const decide = useMutation({
    mutationFn: (decision: 'approved' | 'declined') =>
      session.client.post(
        '/v1/previews/{previewId}/decision',
        { path: { previewId: preview.previewId } },
        { decision },
      ),
    onSuccess: () => queries.invalidateQueries(),
  });
  if (preview.decision !== null || preview.state !== 'done' || !may(session, 'approver')) return null;
  return (
    <>
      <div className="row">
        <button type="button" disabled={decide.isPending} onClick={() => decide.mutate('approved')}>
          Approve
        </button>
        <button type="button" disabled={decide.isPending} onClick={() => decide.mutate('declined')}>
          Decline
        </button>
        <span className="hint">Who asked cannot decide.</span>
      </div>
      {decide.isError && <Failure error={decide.error} />}
    </>
  );
}
