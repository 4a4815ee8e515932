import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useSession } from '../../api/session.ts';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount, showShare } from '../../format/number.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount, Count, Interval } from '../../parts/figure.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { reportQuery } from '../../url/filters.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { rowOf, rowsOf } from './row-of.ts';
import type { PartProps } from './summary-part.tsx';
import { verdictWords } from './verdict.ts';

type Segment = Schemas['Segment'];
const GROUPS = ['workflow', 'outcome_type'];

/** Kinds of cases whose economics differ from the rest: found in one half of the cases, told from the other. */
export function SegmentsPart({ workflow, type, filters }: PartProps): ReactNode {
  const to = useAddresses();
  const of = { filters, groupBy: GROUPS, cell: [workflow === '' ? null : workflow, type] };
  const report = useReport('/v1/reports/segments', {
    query: { ...reportQuery(filters), outcome_type: undefined, group_by: GROUPS.join(',') },
  });
  return (
    <Section
      title="Where the economics break"
      lead="Segments by what was known at intake. They are looked for in one half of the cases, and told by figures of the other."
    >
      <Answered query={report} what="the segments">
        {({ rows, formula }) => {
          const row = rowOf(rowsOf(rows, workflow), type);
          return (
            <>
              {/* The first is the sentence at the head of the page. */}
              {(row?.segments ?? []).slice(1).map(({ conditions, sentence }) =>
                sentence === null ? null : (
                  <p key={nameOf(conditions)} className="sentence">
                    {sentence}
                  </p>
                ),
              )}
              <DataTable
                caption="Segments that differ"
                file={`segments-${type ?? 'all'}`}
                rows={row?.segments ?? []}
                keyOf={({ conditions }) => nameOf(conditions)}
                columns={columnsTo((segment, side) => to.segment(of, segment.conditions, side))}
                empty={<None search={row?.search ?? null} />}
              />
              <p className="hint">{formula}</p>
            </>
          );
        }}
      </Answered>
    </Section>
  );
}

const nameOf = (conditions: Segment['conditions']): string =>
  conditions.map(({ attribute, value }) => `${attribute} = ${value}`).join(' and ');

/** @param hrefOf where the items of one side stand, that its figures are of */
const columnsTo = (
  hrefOf: (segment: Segment, side: 'inside' | 'outside') => string,
): readonly Column<Segment>[] => [
  {
    title: 'Cases with',
    cell: ({ conditions }) => nameOf(conditions),
    csv: ({ conditions }) => nameOf(conditions),
  },
  {
    title: 'Of all cases',
    align: 'end',
    cell: ({ shareOfVolume }) => showShare(shareOfVolume),
    csv: ({ shareOfVolume }) => shareOfVolume,
  },
  {
    title: 'Each costs',
    align: 'end',
    cell: ({ inside, ...segment }) => (
      <>
        <Amount value={inside.loadedCostPerOutcomeUsd} href={hrefOf({ inside, ...segment }, 'inside')} />
        {inside.interval !== null && (
          <>
            {' '}
            <Interval low={inside.interval.lowUsd} high={inside.interval.highUsd} />
          </>
        )}
      </>
    ),
    csv: ({ inside }) => inside.loadedCostPerOutcomeUsd,
  },
  {
    title: 'Elsewhere',
    align: 'end',
    cell: (segment) => (
      <Amount value={segment.outside.loadedCostPerOutcomeUsd} href={hrefOf(segment, 'outside')} />
    ),
    csv: ({ outside }) => outside.loadedCostPerOutcomeUsd,
  },
  {
    title: 'Cases told from',
    align: 'end',
    cell: (segment) => <Count value={segment.casesB} href={hrefOf(segment, 'inside')} />,
    csv: ({ casesB }) => casesB,
  },
  {
    title: 'Verdict',
    cell: (segment) => verdictWords({ ...segment, itemsToDecide: null }).text,
    csv: ({ verdict }) => verdict,
  },
  {
    title: 'All, if these went elsewhere',
    align: 'end',
    hint: 'Cost per outcome of the whole workflow with only these cases sent to the baseline',
    cell: (segment) => <Amount value={segment.routedUsd} href={hrefOf(segment, 'inside')} />,
    csv: ({ routedUsd }) => routedUsd,
  },
];

function None({ search }: { readonly search: Schemas['SegmentSearch'] | null }): ReactNode {
  const { me } = useSession();
  const state = search?.state ?? 'none_declared';
  const words: { readonly [State in typeof state]: string } = {
    found: '',
    none_found: `No segment of ${search?.attributes.join(', ') ?? ''} is told apart from the rest: ${showCount(search?.tested)} were tested.`,
    too_few: `There are too few cases to look in: ${showCount(search?.casesA)} to search, ${showCount(search?.casesB)} to test.`,
    none_declared: 'Nobody has said yet which attributes are known at intake, so nothing can be looked for.',
    nothing_sealed:
      'What was declared at intake has to be sealed in the evidence log before the search begins.',
  };
  return (
    <Empty title="No segment is told">
      <p>{words[state]}</p>
      {state === 'none_declared' && (
        <p>
          The policy <code>intake</code> names them: attributes of events such as the amount of a claim or the
          language of a ticket. <Link href={`/${me.tenant}/settings/policies`}>Record one</Link>.
        </p>
      )}
    </Empty>
  );
}
