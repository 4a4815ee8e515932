import { useMemo, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { formatPico } from '#model';
import { usePages } from '../../api/use-pages.ts';
import { may, useSession } from '../../api/session.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showTime } from '../../format/time.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Empty } from '../../parts/states.tsx';
import type { Addresses, WorkItemName } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { LinkForm } from './link-form.tsx';
import type { Proposal } from './proposal.ts';

type Entry = Schemas['SetAsidePage']['items'][number];
type Suggestion = Entry['suggestions'][number];

const REASONS: Readonly<Record<string, string>> = {
  names_no_work_item: 'no span names a work item',
  ambiguous: 'it may belong to several',
  no_spend: 'no span names it',
};
const WHY = {
  below_threshold: 'evidence too weak to book',
  dangling_key: 'a key was found that nobody told about',
  same_conversation: 'the same conversation',
  same_customer: 'the same customer at about the same time',
} as const;

/** Spend that names no work item, or outcomes that no spend names: what may belong together, and the word of a person. */
export function Unmatched({ kind }: { readonly kind: 'unmatched_spend' | 'unmatched_outcome' }): ReactNode {
  const session = useSession();
  const pages = usePages('/v1/set-aside', { query: { kind, limit: '100' } });
  const [chosen, setChosen] = useState<Proposal | null>(null);
  const isSpend = kind === 'unmatched_spend';
  return (
    <Section
      title={isSpend ? 'Spend without a work item' : 'Outcomes without spend'}
      lead={
        isSpend
          ? 'It counts as unattributed until somebody says whose it is. Better still: have the agent put the key on a span.'
          : 'Their cost is unknown, not 0: the spans never came, or name another key.'
      }
    >
      {chosen !== null && (
        <LinkForm
          key={JSON.stringify(chosen)}
          proposal={chosen}
          onDone={() => setChosen(null)}
          onLinked={pages.retry}
        />
      )}
      <Paged pages={pages} what="entries">
        {(all) => (
          <Entries
            kind={kind}
            entries={all.flatMap(({ items }) => items)}
            onChoose={may(session, 'analyst') ? setChosen : null}
          />
        )}
      </Paged>
    </Section>
  );
}

function Entries(props: {
  readonly kind: 'unmatched_spend' | 'unmatched_outcome';
  readonly entries: readonly Entry[];
  readonly onChoose: ((proposal: Proposal) => void) | null;
}): ReactNode {
  const { kind, onChoose } = props;
  const to = useAddresses('now');
  const columns = useMemo(() => columnsOf(kind, to, onChoose), [kind, to, onChoose]);
  return (
    <DataTable
      caption={kind === 'unmatched_spend' ? 'Unmatched spend' : 'Unmatched outcomes'}
      isPaged
      isCaptionHidden
      file={kind.replace('_', '-')}
      rows={props.entries}
      keyOf={({ id }) => id}
      columns={columns}
      empty={
        <Empty title="Nothing is unmatched">
          {kind === 'unmatched_spend'
            ? 'Every trace names a work item, or was linked to one.'
            : 'Every work item that an outcome was told of has spend.'}
        </Empty>
      }
    />
  );
}

type Kind = 'unmatched_spend' | 'unmatched_outcome';
type Choose = ((proposal: Proposal) => void) | null;

function columnsOf(kind: Kind, to: Addresses, onChoose: Choose): readonly Column<Entry>[] {
  const isSpend = kind === 'unmatched_spend';
  const proposalOf = (entry: Entry): Proposal =>
    isSpend ? { traceId: entry.subject, workItem: null } : { traceId: null, workItem: itemOf(entry) };
  return [
    isSpend ? traceColumn(to) : itemColumn(to),
    {
      title: 'Why',
      cell: ({ reason }) => REASONS[reason] ?? reason.replaceAll('_', ' '),
      csv: ({ reason }) => reason,
    },
    {
      title: 'Sent by',
      cell: (entry) => textOf(entry, 'service') ?? '–',
      csv: (entry) => textOf(entry, 'service'),
    },
    {
      title: isSpend ? 'Cost (USD)' : 'Events',
      align: 'end',
      cell: (entry) =>
        isSpend ? (
          <Amount value={costOf(entry)} href={to.transactions({ trace: entry.subject })} />
        ) : (
          (textOf(entry, 'events') ?? '–')
        ),
      csv: (entry) => (isSpend ? costOf(entry) : textOf(entry, 'events')),
    },
    { title: 'Since', cell: ({ since }) => showTime(since), csv: ({ since }) => since },
    {
      title: 'What to do',
      cell: (entry) =>
        onChoose === null ? (
          'needs the role analyst'
        ) : (
          <Actions entry={entry} kind={kind} onChoose={onChoose} own={proposalOf(entry)} />
        ),
    },
  ];
}

const traceColumn = (to: Addresses): Column<Entry> => ({
  title: 'Trace',
  cell: ({ subject }) => (
    <Link href={to.transactions({ trace: subject })}>
      <code>{subject}</code>
    </Link>
  ),
  csv: ({ subject }) => subject,
});

const itemColumn = (to: Addresses): Column<Entry> => ({
  title: 'Work item',
  cell: (entry) => {
    const item = itemOf(entry);
    return item === null ? (
      <code>{entry.subject}</code>
    ) : (
      <Link href={to.workItem(item)}>
        {item.kind}:{item.key}
      </Link>
    );
  },
  csv: ({ subject }) => subject,
});

function Actions(props: {
  readonly entry: Entry;
  readonly kind: 'unmatched_spend' | 'unmatched_outcome';
  readonly own: Proposal;
  readonly onChoose: (proposal: Proposal) => void;
}): ReactNode {
  const { entry, own, onChoose } = props;
  return (
    <div className="quality-actions">
      {entry.suggestions.map((suggestion) => (
        <button
          key={nameOf(suggestion, props.kind)}
          type="button"
          onClick={() => onChoose(suggestion)}
          title={`${WHY[suggestion.why]}, tier ${suggestion.tier}`}
        >
          {nameOf(suggestion, props.kind)} <span className="soft">({suggestion.confidence})</span>
        </button>
      ))}
      <button type="button" className="quiet" onClick={() => onChoose(own)}>
        Link by hand
        <span className="visually-hidden"> {entry.subject}</span>
      </button>
    </div>
  );
}

const nameOf = ({ traceId, workItem }: Suggestion, kind: string): string =>
  kind === 'unmatched_spend' ? `${workItem.kind}:${workItem.key}` : `trace ${traceId.slice(0, 8)}…`;

/** A member of an entry's detail, whose form depends on the reason. */
function textOf({ detail }: Entry, name: string): string | null {
  if (typeof detail !== 'object' || detail === null) return null;
  const value: unknown = new Map<string, unknown>(Object.entries(detail)).get(name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function costOf(entry: Entry): string | null {
  const pico = textOf(entry, 'costPicoUsd');
  return pico === null ? null : formatPico(BigInt(pico));
}

function itemOf(entry: Entry): WorkItemName | null {
  const [kind, key] = [textOf(entry, 'kind'), textOf(entry, 'key')];
  return kind === null || key === null ? null : { kind, key };
}
