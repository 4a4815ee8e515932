import type { ReactNode } from 'react';
import type { Schemas } from '../../api/wire-types.ts';
import { compareDecimals } from '../../format/decimal.ts';
import { showCount } from '../../format/number.ts';
import { showTime } from '../../format/time.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Empty } from '../../parts/states.tsx';
import type { WorkItemName } from '../../url/addresses.ts';

type Line = Schemas['CostExplanation']['lines'][number];

/** The charges of a work item, line by line. */
export function CostLines(props: {
  readonly item: WorkItemName;
  readonly lines: readonly Line[];
  readonly chosen: string | null;
  readonly onChoose: (span: string | null) => void;
}): ReactNode {
  const columns: readonly Column<Line>[] = [
    {
      title: 'Call',
      cell: (line) => (
        <button
          type="button"
          className="link"
          aria-pressed={line.spanId === props.chosen}
          onClick={() => props.onChoose(line.spanId === props.chosen ? null : line.spanId)}
        >
          {line.step?.name ?? line.charge.callModel}
        </button>
      ),
      csv: (line) => line.step?.name ?? line.charge.callModel,
    },
    { title: 'Began', cell: ({ step }) => showTime(step?.startedAt), csv: ({ step }) => step?.startedAt },
    { title: 'Model', cell: ({ charge }) => charge.callModel, csv: ({ charge }) => charge.callModel },
    {
      title: 'Tokens',
      align: 'end',
      cell: ({ step }) => showCount(tokensOf(step)),
      csv: ({ step }) => tokensOf(step),
    },
    { title: 'Sits on', cell: ({ account }) => <code>{account}</code>, csv: ({ account }) => account },
    {
      title: 'Linked by',
      hint: 'The strongest link of the trace: tier and rule',
      cell: ({ links }) => (links[0] === undefined ? 'nothing' : `${links[0].tier}, ${links[0].rule}`),
      csv: ({ links }) => links[0]?.rule,
    },
    {
      title: 'Amount',
      align: 'end',
      cell: ({ amount, currency }) => <Amount value={amount} currency={currency} />,
      csv: ({ amount }) => amount,
      compare: (a, b) => compareDecimals(a.amount, b.amount),
    },
    { title: 'Currency', cell: ({ currency }) => currency, csv: ({ currency }) => currency },
  ];
  return (
    <DataTable
      caption="Calls behind the cost"
      isPaged
      isCaptionHidden
      file={`${props.item.kind}-${props.item.key}-cost`}
      rows={props.lines}
      keyOf={({ traceId, spanId, account, charge }) => `${traceId} ${spanId} ${account} ${charge.callModel}`}
      columns={columns}
      pageSize={100}
      empty={
        <Empty title="Nothing is charged to it">
          No priced call belongs to this work item: none was made, its trace names no key, or its price is not
          known. Data quality lists which.
        </Empty>
      }
    />
  );
}

function tokensOf(step: Line['step']): string | null {
  if (step === null || step.tokens === null) return null;
  return Object.values(step.tokens)
    .reduce((sum, count) => sum + BigInt(count), 0n)
    .toString();
}
