import { useMemo, type ReactNode } from 'react';
import { Link } from 'wouter';
import { usePages } from '../../api/use-pages.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount, showShare } from '../../format/number.ts';
import { showDay } from '../../format/time.ts';
import { FilterBar } from '../../layout/filter-bar.tsx';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { useAddresses } from '../../url/use-addresses.ts';
import { useFilters } from '../../url/use-filters.ts';

type Quality = Schemas['EmitterQuality'];
type Finding = Quality['findings'][number];
interface Found {
  readonly emitter: Quality['emitter'];
  readonly finding: Finding;
}

const SEVERITIES = {
  action: ['act', 'bad', 'figures are wrong or lower bounds'],
  check: ['check', 'warn', 'may be right: look at it'],
  note: ['note', 'plain', 'is right, and good to know'],
} as const;

/** What was understood of the spans of each sender, and what may be wrong with what it writes. */
export function Emitters(): ReactNode {
  const [{ from, to }] = useFilters();
  const question = useMemo(
    () => ({
      query: {
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        examples: '2',
        limit: '50',
      },
    }),
    [from, to],
  );
  const pages = usePages('/v1/data-quality', question);
  return (
    <Section
      title="Senders"
      lead="Told apart by service, instrumentation, its version and the dialect its spans were read in."
    >
      <FilterBar views={[]} />
      <Paged pages={pages} what="senders">
        {(all) => {
          const emitters = all.flatMap((page) => page.emitters);
          return (
            <>
              {all[0]?.notCountedYet === true && (
                <p className="notice warn">
                  Traces from before an upgrade are still being counted: the counts are lower bounds.
                </p>
              )}
              <Findings
                found={emitters.flatMap(({ emitter, findings }) =>
                  findings.map((finding) => ({ emitter, finding })),
                )}
              />
              <EmitterTable emitters={emitters} />
            </>
          );
        }}
      </Paged>
    </Section>
  );
}

function Findings({ found }: { readonly found: readonly Found[] }): ReactNode {
  const to = useAddresses();
  const columns: readonly Column<Found>[] = [
    {
      title: 'Finding',
      cell: ({ finding }) => (
        <>
          <span className={`mark ${SEVERITIES[finding.severity][1]}`} title={SEVERITIES[finding.severity][2]}>
            {SEVERITIES[finding.severity][0]}
          </span>{' '}
          {finding.words}
        </>
      ),
      csv: ({ finding }) => finding.code,
    },
    { title: 'Sender', cell: ({ emitter }) => nameOf(emitter), csv: ({ emitter }) => nameOf(emitter) },
    {
      title: 'Spans',
      align: 'end',
      cell: ({ finding }) => showCount(finding.spans),
      csv: ({ finding }) => finding.spans,
    },
    {
      title: 'Of its calls',
      align: 'end',
      cell: ({ finding }) => showShare(finding.share),
      csv: ({ finding }) => finding.share,
    },
    {
      title: 'Examples',
      cell: ({ finding }) =>
        finding.examples.map(({ traceId, spanId }) => (
          <div key={traceId + spanId}>
            <Link href={to.transactions({ trace: traceId })}>
              <code>{traceId.slice(0, 8)}…</code>
              <span className="visually-hidden"> postings of the trace {traceId}</span>
            </Link>
          </div>
        )),
      csv: ({ finding }) => finding.examples.map(({ traceId }) => traceId).join(' '),
    },
    {
      title: 'What to do',
      cell: ({ finding }) => <code>{finding.docs}</code>,
      csv: ({ finding }) => finding.docs,
    },
  ];
  return (
    <DataTable
      caption="Findings, the gravest first"
      isPaged
      file="findings"
      rows={found.toSorted((a, b) => gravity(a) - gravity(b))}
      keyOf={({ emitter, finding }) => `${emitter.id} ${finding.code}`}
      columns={columns}
      empty={<Empty title="No finding">Nothing in what the senders write looks wrong.</Empty>}
    />
  );
}

const gravity = ({ finding }: Found): number => Object.keys(SEVERITIES).indexOf(finding.severity);

function EmitterTable({ emitters }: { readonly emitters: readonly Quality[] }): ReactNode {
  return (
    <DataTable
      caption="Senders"
      isPaged
      file="senders"
      rows={emitters}
      keyOf={({ emitter }) => emitter.id}
      columns={[
        { title: 'Sender', cell: ({ emitter }) => nameOf(emitter), csv: ({ emitter }) => nameOf(emitter) },
        { title: 'Read as', cell: ({ emitter }) => emitter.dialect, csv: ({ emitter }) => emitter.dialect },
        {
          title: 'Seen',
          cell: ({ firstDay, lastDay }) => `${showDay(firstDay)} to ${showDay(lastDay)}`,
          csv: ({ firstDay, lastDay }) => `${firstDay} ${lastDay}`,
        },
        { title: 'Spans', align: 'end', cell: ({ spans }) => showCount(spans), csv: ({ spans }) => spans },
        {
          title: 'Billed calls',
          align: 'end',
          cell: ({ roles }) => showCount(roles.leaf),
          csv: ({ roles }) => roles.leaf,
        },
        {
          title: 'Usage missing',
          align: 'end',
          cell: ({ usage }) => showCount(usage.missing),
          csv: ({ usage }) => usage.missing,
        },
        {
          title: 'Unpriced',
          align: 'end',
          cell: ({ unpriced }) => showCount(unpriced.reduce((sum, { calls }) => sum + calls, 0)),
          csv: ({ unpriced }) => unpriced.reduce((sum, { calls }) => sum + calls, 0),
        },
        {
          title: 'Unlinked',
          align: 'end',
          cell: ({ unlinked }) => showCount(unlinked),
          csv: ({ unlinked }) => unlinked,
        },
        {
          title: 'Ambiguous input',
          hint: 'Calls of which it is not known whether input contains the cached tokens',
          align: 'end',
          cell: ({ input }) => showCount(ambiguous(input)),
          csv: ({ input }) => ambiguous(input),
        },
      ]}
      empty={<Empty title="No sender yet">Once spans arrive, what was understood of them stands here.</Empty>}
    />
  );
}

const ambiguous = (input: Quality['input']): number =>
  input.reduce((sum, { semantics, calls }) => sum + (semantics === 'ambiguous' ? calls : 0), 0);

const nameOf = ({ service, scope, scopeVersion }: Quality['emitter']): string =>
  [service || 'no service name', [scope, scopeVersion].filter(Boolean).join(' ')].filter(Boolean).join(', ');
