import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useGet } from '../../api/use-get.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { Page } from '../../layout/page.tsx';
import { useAddresses } from '../../url/use-addresses.ts';
import { useSearchValue } from '../../url/use-filters.ts';
import { Completeness } from './completeness.tsx';
import { Emitters } from './emitters.tsx';
import { Kept } from './kept.tsx';
import { Unmatched } from './unmatched.tsx';
import { Unpriced } from './unpriced.tsx';

export type QueueName = Schemas['SetAsidePage']['kind'];

const QUEUES: readonly (readonly [QueueName, title: string, action: string])[] = [
  ['unmatched_spend', 'Spend without a work item', 'link it to one'],
  ['unmatched_outcome', 'Outcomes without spend', 'link a trace to them'],
  ['unpriced', 'Calls without a price', 'state the price'],
  ['rejected', 'Refused on arrival', 'mend the sender'],
  ['conflicting', 'Sent twice, differently', 'mend the sender'],
];

/** What could not be matched, priced, understood or confirmed; each with what to do about it. */
export function QualityPage(): ReactNode {
  const to = useAddresses();
  const [asked] = useSearchValue('part');
  const part = asked ?? 'unmatched_spend';
  return (
    <Page
      title="Data quality"
      lead="Whatever could not be used is kept with its reason, never dropped and never guessed. Each kind has something that mends it."
    >
      <nav className="cards quality-parts" aria-label="Parts of data quality">
        {QUEUES.map(([kind, title, action]) => (
          <QueueCard key={kind} kind={kind} title={title} action={action} isOpen={kind === part} />
        ))}
        <Link
          className="card"
          href={to.quality({ part: 'emitters' })}
          aria-current={part === 'emitters' ? 'page' : undefined}
        >
          <strong>Senders</strong>
          <span className="soft">what was understood of each, and what was ambiguous</span>
        </Link>
        <Link
          className="card"
          href={to.quality({ part: 'completeness' })}
          aria-current={part === 'completeness' ? 'page' : undefined}
        >
          <strong>Completeness</strong>
          <span className="soft">control totals, and what metrics counted</span>
        </Link>
      </nav>
      <Part name={part} />
    </Page>
  );
}

function Part({ name }: { readonly name: string }): ReactNode {
  switch (name) {
    case 'emitters':
      return <Emitters />;
    case 'completeness':
      return <Completeness />;
    case 'unpriced':
      return <Unpriced />;
    case 'rejected':
    case 'conflicting':
      return <Kept kind={name} />;
    case 'unmatched_outcome':
      return <Unmatched kind="unmatched_outcome" />;
    default:
      return <Unmatched kind="unmatched_spend" />;
  }
}

function QueueCard(props: {
  readonly kind: QueueName;
  readonly title: string;
  readonly action: string;
  readonly isOpen: boolean;
}): ReactNode {
  const to = useAddresses();
  const queue = useGet('/v1/set-aside', { query: { kind: props.kind, limit: '1' } });
  // Of the kind that is about calls, a trace holds many.
  const entries = queue.data?.groups.reduce(
    (sum, group) => sum + (props.kind === 'unpriced' ? (group.calls ?? group.entries) : group.entries),
    0,
  );
  return (
    <Link
      className="card"
      href={to.quality({ part: props.kind })}
      aria-current={props.isOpen ? 'page' : undefined}
    >
      <strong>{props.title}</strong>
      <span className={entries === 0 ? 'quality-count none' : 'quality-count'}>
        {entries === undefined ? '…' : showCount(entries)}
      </span>
      <span className="soft">{entries === 0 ? 'nothing to do' : props.action}</span>
    </Link>
  );
}
