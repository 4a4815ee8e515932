import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useGet } from '../../api/use-get.ts';
import { usePages } from '../../api/use-pages.ts';
import { may, useSession } from '../../api/session.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showTime } from '../../format/time.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Answered, Empty, Failure } from '../../parts/states.tsx';
import { useSearchValue } from '../../url/use-filters.ts';
import { GrantForm } from './grant-form.tsx';

type Grant = Schemas['Grant'];
type Read = Schemas['AccessLogPage']['items'][number];

/** Who may read content, and who did. */
export function AccessPart(): ReactNode {
  return (
    <>
      <Section
        title="Who read content"
        lead="Written down before each answer, in a log of its own that is sealed like the other."
      >
        <Reads />
      </Section>
      <Section title="Grants" lead="For whom, what, why and until when. One person asks, another approves.">
        <Grants />
        <details>
          <summary>Ask for a grant</summary>
          <GrantForm />
        </details>
      </Section>
    </>
  );
}

function Reads(): ReactNode {
  const [subject, setSubject] = useSearchValue('subject');
  const [text, setText] = useState(subject ?? '');
  const reads = usePages('/v1/access-log', {
    query: { ...(subject === null ? {} : { subject }), limit: '500' },
  });
  return (
    <>
      <form
        className="filters"
        aria-label="Narrow the access log"
        onSubmit={(event) => {
          event.preventDefault();
          setSubject(text.trim());
        }}
      >
        <Field label="Only reads of">
          {(id) => (
            <input
              id={id}
              placeholder="ticket:8123"
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
        <button type="submit">Show</button>
      </form>
      <Paged pages={reads} what="reads">
        {(all) => (
          <DataTable
            isPaged
            caption="Reads of content"
            isCaptionHidden
            file="access-log"
            rows={all.flatMap(({ items }) => items)}
            keyOf={({ accessId }) => accessId}
            columns={READS}
            empty={
              <Empty title="Nobody read content">
                Content opens on the page of a work item, under a grant. Each opening will stand here.
              </Empty>
            }
          />
        )}
      </Paged>
    </>
  );
}

const READS: readonly Column<Read>[] = [
  { title: 'When', cell: ({ at }) => showTime(at), csv: ({ at }) => at },
  { title: 'What', cell: ({ subject }) => subject, csv: ({ subject }) => subject },
  {
    title: 'Who (principal)',
    cell: ({ principalId }) => <code>{principalId}</code>,
    csv: ({ principalId }) => principalId,
  },
  {
    title: 'Under the grant',
    cell: ({ grantId }) => <code>{grantId ?? 'none'}</code>,
    csv: ({ grantId }) => grantId,
  },
  { title: 'How', cell: ({ route }) => <code>{route}</code>, csv: ({ route }) => route },
  {
    title: 'Leaf of the access log',
    align: 'end',
    cell: ({ leaf }) => leaf ?? 'waits',
    csv: ({ leaf }) => leaf,
  },
];

function Grants(): ReactNode {
  const grants = useGet('/v1/grants', {});
  const session = useSession();
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const decide = async (
    { grantId }: Grant,
    decision: Schemas['GrantDecision']['decision'],
  ): Promise<void> => {
    setError(null);
    try {
      await session.client.post('/v1/grants/{grantId}/decision', { path: { grantId } }, { decision });
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] === '/v1/grants' });
    } catch (refusal) {
      setError(refusal);
    }
  };
  return (
    <Answered query={grants} what="grants">
      {({ items }) => (
        <>
          {error !== null && <Failure error={error} />}
          <DataTable
            caption="Grants"
            isCaptionHidden
            file="grants"
            rows={items}
            keyOf={({ grantId }) => grantId}
            columns={[
              ...GRANTS,
              ...(may(session, 'approver')
                ? [{ title: 'Decide', cell: (grant: Grant) => <Decide grant={grant} onDecide={decide} /> }]
                : []),
            ]}
            empty={
              <Empty title="No grant was asked for">
                Ask for one below, or from the page of a work item.
              </Empty>
            }
          />
        </>
      )}
    </Answered>
  );
}

const GRANTS: readonly Column<Grant>[] = [
  { title: 'Asked', cell: ({ requestedAt }) => showTime(requestedAt), csv: ({ requestedAt }) => requestedAt },
  { title: 'Of', cell: ({ scope }) => scopeText(scope), csv: ({ scope }) => scopeText(scope) },
  { title: 'Why', cell: ({ purpose }) => purpose, csv: ({ purpose }) => purpose },
  { title: 'Until', cell: ({ validUntil }) => showTime(validUntil), csv: ({ validUntil }) => validUntil },
  {
    title: 'For (principal)',
    cell: ({ principalId }) => <code>{principalId}</code>,
    csv: ({ principalId }) => principalId,
  },
  {
    title: 'State',
    cell: ({ decision, decidedAt }) =>
      decision === null ? 'waits for approval' : `${decision}, ${showTime(decidedAt)}`,
    csv: ({ decision }) => decision ?? 'waiting',
  },
];

function Decide(props: {
  readonly grant: Grant;
  readonly onDecide: (grant: Grant, decision: Schemas['GrantDecision']['decision']) => Promise<void>;
}): ReactNode {
  const { grant, onDecide } = props;
  const choices =
    grant.decision === null
      ? (['approved', 'declined'] as const)
      : grant.decision === 'approved'
        ? (['revoked'] as const)
        : [];
  const words = { approved: 'Approve', declined: 'Decline', revoked: 'Revoke' } as const;
  return (
    <div className="row">
      {choices.map((choice) => (
        <button key={choice} type="button" className="quiet" onClick={() => void onDecide(grant, choice)}>
          {words[choice]}
          <span className="visually-hidden"> the grant for {scopeText(grant.scope)}</span>
        </button>
      ))}
    </div>
  );
}

const scopeText = (scope: Grant['scope']): string =>
  scope.kind === 'work_item'
    ? scope.workItem
    : scope.kind === 'work_item_kind'
      ? `every ${scope.workItemKind}`
      : 'everything of the tenant';
