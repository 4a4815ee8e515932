import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useGet } from '../../api/use-get.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { Page, Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { readWorkItemName } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';
import { Amounts } from '../work-item/amounts.tsx';
import { actText, spaced } from '../work-item/describe-entry.ts';
import { DiffRows } from './diff-rows.tsx';

type Answer = Schemas['TrailDiffAnswer'];

/** Two trails beside each other: what preceded the verdicts and differs. Never a cause. */
export function DiffPage(): ReactNode {
  const [a] = useSearchValue('a');
  const [b] = useSearchValue('b');
  const [filters] = useFilters();
  const query = {
    a: a ?? '',
    b: b ?? '',
    ...(filters.size === undefined ? {} : { size: filters.size }),
    ...(filters.as_of === undefined ? {} : { at: filters.as_of }),
  };
  const diff = useGet('/v1/trails/diff', { query }, { enabled: a !== null && b !== null });
  return (
    <Page
      title={a === null || b === null ? 'What differs' : `${a} and ${b}`}
      lead="What was done differently before the verdicts. It lists differences; it does not say that one of them made the difference."
    >
      {a === null || b === null ? (
        <Empty title="Which two?">Choose a work item, then another to compare it with, on its page.</Empty>
      ) : (
        <Answered query={diff} what="the comparison">
          {(answer) => <Diff answer={answer} />}
        </Answered>
      )}
    </Page>
  );
}

function Diff({ answer }: { readonly answer: Answer }): ReactNode {
  const { diff, names, digest } = answer;
  return (
    <>
      <Sides answer={answer} />
      <Divergence answer={answer} />
      <Section
        title="Act by act"
        lead="Acts are aligned by what they are: kind, tool, rules, source of a retrieval."
      >
        <DiffRows names={names} diff={diff} />
      </Section>
      <Section title="Rules, documents, tools, tokens">
        <RulesAndDocuments diff={diff} names={names} />
        <DataTable
          caption="Tools"
          file="diff-tools"
          rows={diff.tools}
          keyOf={({ tool }) => tool}
          columns={[
            { title: 'Tool', cell: ({ tool }) => tool, csv: ({ tool }) => tool },
            ...(['a', 'b'] as const).map((side) => ({
              title: names[side],
              align: 'end' as const,
              cell: (row: Answer['diff']['tools'][number]) =>
                `${row[side].called}${row[side].failed === 0 ? '' : ` (${row[side].failed} failed)`}`,
              csv: (row: Answer['diff']['tools'][number]) => row[side].called,
            })),
          ]}
          empty={<Empty title="No tools">Neither trail called a tool.</Empty>}
        />
        <DataTable
          caption="Tokens by class"
          file="diff-tokens"
          rows={diff.tokens}
          keyOf={(row) => row.class}
          columns={TOKENS(names)}
          empty={<Empty title="No tokens">Neither trail has a call that told its tokens.</Empty>}
        />
      </Section>
      <p className="hint">
        Read at log size {showCount(diff.size)}. Digest of the comparison: <code>{digest}</code>
      </p>
    </>
  );
}

const TOKENS = (names: Answer['names']): readonly Column<Answer['diff']['tokens'][number]>[] => [
  { title: 'Class', cell: (row) => spaced(row.class), csv: (row) => row.class },
  { title: names.a, align: 'end', cell: ({ a }) => showCount(a), csv: ({ a }) => a },
  { title: names.b, align: 'end', cell: ({ b }) => showCount(b), csv: ({ b }) => b },
  {
    title: 'Second less first',
    align: 'end',
    cell: ({ difference }) => showCount(difference),
    csv: ({ difference }) => difference,
  },
];

function Sides({ answer: { diff, names } }: { readonly answer: Answer }): ReactNode {
  const to = useAddresses();
  return (
    <div className="cards">
      {(['a', 'b'] as const).map((side) => {
        const { phase, acts, retries, cost, callsWithoutUsage, verdict } = diff[side];
        const item = readWorkItemName(names[side]);
        return (
          <div className="card" key={side}>
            <h2>{item === null ? names[side] : <Link href={to.workItem(item)}>{names[side]}</Link>}</h2>
            <p>
              <strong>{phase}</strong>
              {verdict !== null && `, settled by entry ${verdict}`}
            </p>
            <p>
              {acts} acts, {retries} retries, <Amounts of={cost} />
              {callsWithoutUsage > 0 && `, ${callsWithoutUsage} calls of unknown usage`}
            </p>
          </div>
        );
      })}
    </div>
  );
}

function Divergence({ answer: { diff, similar, names } }: { readonly answer: Answer }): ReactNode {
  const row = diff.firstDivergence;
  if (row === null)
    return (
      <p className="notice good">
        No deed before a verdict differs: no call of a tool, retrieval, person or stated decision.
      </p>
    );
  const where =
    row.class === 'only_a'
      ? `only in ${names.a}`
      : row.class === 'only_b'
        ? `only in ${names.b}`
        : `changed: ${row.changed.map(spaced).join(', ')}`;
  return (
    <div className="notice warn">
      <strong>First divergence: {actText(row.signature)}</strong>
      <p>
        {where} (entry {[row.a, row.b].map((n) => n ?? '–').join(' and ')}), the first deed before a verdict
        that differs.
      </p>
      {similar !== null && (
        <p>
          Of the closed trails of this kind, {similar.with.trails} did it and {similar.with.failed} of those
          failed; {similar.without.trails} did not and {similar.without.failed} of those failed.
        </p>
      )}
    </div>
  );
}

function RulesAndDocuments({
  diff,
  names,
}: {
  readonly diff: Answer['diff'];
  readonly names: Answer['names'];
}): ReactNode {
  const { rules, retrieved } = diff;
  const lists = [
    [`Rules only in ${names.a}`, rules.onlyA],
    [`Rules only in ${names.b}`, rules.onlyB],
    [
      'Rules in other versions',
      rules.versions.map(({ rule, a, b }) => `${rule} @${a ?? '?'} and @${b ?? '?'}`),
    ],
    [`Documents used only in ${names.a}`, retrieved.usedOnlyA],
    [`Documents used only in ${names.b}`, retrieved.usedOnlyB],
    ['Documents used in both', retrieved.usedByBoth],
  ] as const;
  return (
    <dl className="facts card">
      {lists.map(([title, names]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{names.length === 0 ? 'none that is known' : names.join(', ')}</dd>
        </div>
      ))}
      <div>
        <dt>Retrieved documents of which nothing is known</dt>
        <dd>{retrieved.unknown}</dd>
      </div>
    </dl>
  );
}
