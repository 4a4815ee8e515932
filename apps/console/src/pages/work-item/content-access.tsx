import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { ApiProblem } from '../../api/problem.ts';
import { may, useSession } from '../../api/session.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { Failure } from '../../parts/states.tsx';
import type { WorkItemName } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { GrantForm } from '../evidence/grant-form.tsx';

/** The part of a question that says as of when a trail is read. */
export interface KnownAt {
  readonly size?: string | undefined;
  readonly at?: string | undefined;
}

/** A replay whose content was opened. */
export interface OpenedReplay {
  readonly answer: Schemas['ReplayAnswer'];
}

/**
 * Opens what was said and seen: never by itself, once per click, because every opening stands in the access log.
 * Not asked again when the page is looked at again.
 */
export function ContentAccess(props: {
  readonly item: WorkItemName;
  readonly question: KnownAt & { readonly order: 'recorded' | 'observed' };
  readonly opened: OpenedReplay | null;
  readonly onOpened: (opened: OpenedReplay | null) => void;
}): ReactNode {
  const { item, opened } = props;
  const session = useSession();
  const to = useAddresses();
  const [isExplained, setExplained] = useState(false);
  const name = `${item.kind}:${item.key}`;
  const open = useMutation({
    mutationFn: () =>
      session.client.get('/v1/trails/{id}/replay', {
        path: { id: name },
        query: { ...props.question, content: 'text' },
      }),
    onSuccess: (answer) => {
      props.onOpened({ answer });
      setExplained(false);
    },
  });
  if (opened !== null)
    return (
      <div className="notice warn" role="status">
        <p>
          <strong>Content is open.</strong> That you read it stands in the{' '}
          <Link href={to.evidence({ tab: 'access', subject: name })}>access log</Link>.
        </p>
        <button type="button" onClick={() => props.onOpened(null)}>
          Close content
        </button>
      </div>
    );
  if (!isExplained)
    return (
      <div className="row">
        <button type="button" onClick={() => setExplained(true)}>
          Open what was said and seen …
        </button>
      </div>
    );
  return (
    <div className="notice" role="group" aria-label="Open content">
      <p>
        Messages, arguments, results and documents are kept under a key of their own. They open under a{' '}
        <em>grant</em>: for whom, what, why and until when, asked for by one person and approved by another.
        That you open them is written to the access log before anything is answered.
      </p>
      {open.isError && <Failure error={open.error} />}
      <div className="row">
        <button type="button" className="primary" disabled={open.isPending} onClick={() => open.mutate()}>
          {open.isPending ? 'Opening …' : `Open content of ${name}, and log it`}
        </button>
        <button type="button" className="quiet" onClick={() => setExplained(false)}>
          Not now
        </button>
      </div>
      {isForbidden(open.error) && may(session, 'auditor', 'privacy', 'approver') && (
        <GrantForm scope={{ kind: 'work_item', workItem: name }} />
      )}
    </div>
  );
}

const isForbidden = (error: unknown): boolean => error instanceof ApiProblem && error.problem.status === 403;
