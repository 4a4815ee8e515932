import type { ReactNode } from 'react';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { PartsBar } from '../../charts/parts-bar.tsx';
import { compareDecimals } from '../../format/decimal.ts';
import { showCount, showShare } from '../../format/number.ts';
import { plural } from '../../format/outcome-words.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount, Grade } from '../../parts/figure.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import { reportQuery } from '../../url/filters.ts';
import { rowOf, rowsOf } from './row-of.ts';
import type { PartProps } from './summary-part.tsx';

/** Which steps bought the outcome, which did not, and which nobody can tell; and by which rule. */
export function WastePart({ workflow, type, filters }: PartProps): ReactNode {
  const report = useReport('/v1/reports/waste', {
    query: { ...reportQuery(filters), outcome_type: undefined, group_by: 'workflow,outcome_type' },
  });
  return (
    <Section
      title="What was wasted, by rule"
      lead="An analysis of the steps: it moves nothing in the ledger. What no rule shows to be one or the other is unproven, which is not the same as wasted."
    >
      <Answered query={report} what="what was wasted">
        {({ rows, formula }) => {
          const row = rowOf(rowsOf(rows, workflow), type);
          if (row === undefined) return <Nothing />;
          return (
            <>
              <div className="card">
                <Shares row={row} />
              </div>
              <DataTable
                caption="Waste by rule, what was found first"
                file={`waste-${type ?? 'all'}`}
                rows={row.rules.toSorted((a, b) => b.findings - a.findings)}
                keyOf={({ rule }) => rule}
                pageSize={Math.max(3, row.rules.filter(({ findings }) => findings > 0).length)}
                columns={COLUMNS}
                empty={<Nothing />}
              />
              <Context row={row} />
              <p className="hint">{formula}</p>
            </>
          );
        }}
      </Answered>
    </Section>
  );
}

const Nothing = (): ReactNode => (
  <Empty title="No rule found anything">
    Rules look at the steps of settled work; some need the content of calls.
  </Empty>
);

function Shares({ row }: { readonly row: Schemas['WasteRow'] }): ReactNode {
  const { shares, wasteCoverage } = row;
  return (
    <>
      <PartsBar
        label="The cost of the runs"
        parts={[
          { name: 'essential', amount: row.essentialCostUsd, hint: 'The outcome depends on it' },
          { name: 'wasted in runs that succeeded', amount: row.wasteCostUsd, hint: 'A rule below proves it' },
          { name: 'runs that failed', amount: row.failedRunCostUsd },
          {
            name: 'unproven',
            amount: row.unprovenCostUsd,
            hint: 'Nothing recorded shows which of the two',
            isRest: true,
          },
        ]}
      />
      <p className="hint">
        {shares !== null && (
          <>
            Proven for {showShare(shares.proven)} of the cost; essential {showShare(shares.essential.low)} to{' '}
            {showShare(shares.essential.high)} of it.{' '}
          </>
        )}
        Judged: {showShare(wasteCoverage.judged)} of the cost; with content:{' '}
        {showShare(wasteCoverage.content)}.
      </p>
    </>
  );
}

type Rule = Schemas['WasteRule'];

const COLUMNS: readonly Column<Rule>[] = [
  {
    title: 'Rule',
    cell: ({ rule, name }) => (
      <>
        <strong>{rule}</strong> {name.replaceAll('_', ' ')}
      </>
    ),
    csv: ({ rule, name }) => `${rule} ${name}`,
  },
  {
    title: 'Found',
    align: 'end',
    cell: ({ findings }) => showCount(findings),
    csv: ({ findings }) => findings,
    compare: (a, b) => a.findings - b.findings,
  },
  { title: 'Proven', align: 'end', cell: ({ proven }) => showCount(proven), csv: ({ proven }) => proven },
  {
    title: 'Cost',
    align: 'end',
    cell: ({ costUsd }) => <Amount value={costUsd} />,
    csv: ({ costUsd }) => costUsd,
    compare: (a, b) => compareDecimals(a.costUsd ?? '-1', b.costUsd ?? '-1'),
  },
  {
    title: 'In failed runs',
    align: 'end',
    hint: 'In the cost of runs that failed already',
    cell: ({ inFailedRunsUsd }) => <Amount value={inFailedRunsUsd} />,
    csv: ({ inFailedRunsUsd }) => inFailedRunsUsd,
  },
  {
    title: 'Suspected',
    align: 'end',
    hint: 'Found, and not proven',
    cell: ({ suspectedUsd }) => <Amount value={suspectedUsd} />,
    csv: ({ suspectedUsd }) => suspectedUsd,
  },
  {
    title: 'Seen in',
    cell: ({ evidence }) => EVIDENCE[evidence],
    csv: ({ evidence }) => evidence,
  },
  { title: 'Counts as', cell: ({ effect }) => EFFECTS[effect], csv: ({ effect }) => effect },
  { title: 'Grade', cell: ({ grade }) => <Grade grade={grade} />, csv: ({ grade }) => grade },
];

const EVIDENCE = {
  structure: 'the structure',
  content: 'the content',
  both: 'structure and content',
} as const;
const EFFECTS = {
  cost: 'waste',
  overlay: 'waste told already, said another way',
  opportunity: 'an opportunity',
} as const;

function Context({ row }: { readonly row: Schemas['WasteRow'] }): ReactNode {
  const { contextInflation: context, deadTools, idle } = row;
  return (
    <dl className="facts">
      <Fact name="Input tokens sent for each that was new">
        {context.resendRatio === null ? 'not known' : context.resendRatio.slice(0, 5)}
      </Fact>
      <Fact name="Of the input, read from a cache">{showShare(context.cacheReadShare)}</Fact>
      {idle !== null && (
        <Fact name="Calls that changed nothing">
          {plural(idle.calls, 'call')}, <Amount value={idle.costUsd} />
        </Fact>
      )}
      {deadTools.length > 0 && (
        <Fact name="Tools told and never used">{deadTools.map(({ tool }) => tool).join(', ')}</Fact>
      )}
    </dl>
  );
}
