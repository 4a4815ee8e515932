import { useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { usePages } from '../../api/use-pages.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { showTime } from '../../format/time.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { Page } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount, Grade } from '../../parts/figure.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { readWorkItemName } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';

type Item = Schemas['WorkItemPage']['items'][number];
const PHASES = ['open', 'achieved', 'failed', 'cancelled', 'expired', 'merged', 'split', 'maturing'] as const;
type Phase = (typeof PHASES)[number];

/** Work items with what became of them and what they cost; each leads on to its trail. */
export function WorkItemsPage(): ReactNode {
  const [filters] = useFilters();
  const [kind] = useSearchValue('kind');
  const [phase] = useSearchValue('phase');
  const question = useMemo(() => {
    const asked: Phase | undefined = PHASES.find((each) => each === phase);
    return {
      query: {
        ...(kind === null ? {} : { kind }),
        ...(asked === undefined ? {} : { phase: asked }),
        ...(filters.from === undefined ? {} : { from: filters.from }),
        ...(filters.to === undefined ? {} : { to: filters.to }),
        limit: '200',
      },
    };
  }, [kind, phase, filters.from, filters.to]);
  const pages = usePages('/v1/work-items', question);
  return (
    <Page
      title="Work items"
      lead="The tickets, claims and orders that agents worked on. Choose one to see its trail step by step."
    >
      <Narrow />
      <Paged pages={pages} what="work items">
        {(all) => <Items items={all.flatMap(({ items }) => items)} />}
      </Paged>
    </Page>
  );
}

function Items({ items }: { readonly items: readonly Item[] }): ReactNode {
  const to = useAddresses('now');
  const columns: readonly Column<Item>[] = [
    {
      title: 'Work item',
      cell: (item) => (
        <Link href={to.workItem(item)}>
          {item.kind}:{item.key}
        </Link>
      ),
      csv: ({ kind, key }) => `${kind}:${key}`,
    },
    {
      title: 'Became',
      cell: ({ phase, maturing }) => (maturing ? `${phase}, may still come back` : phase),
      csv: ({ phase }) => phase,
    },
    { title: 'Since', cell: ({ phaseAt }) => showTime(phaseAt), csv: ({ phaseAt }) => phaseAt },
    {
      title: 'First attempt',
      cell: ({ firstAttemptAt }) => showTime(firstAttemptAt),
      csv: ({ firstAttemptAt }) => firstAttemptAt,
    },
    {
      title: 'Attempts',
      align: 'end',
      cell: ({ cost }) => showCount(cost.attempts),
      csv: ({ cost }) => cost.attempts,
    },
    { title: 'Events', align: 'end', cell: ({ events }) => showCount(events), csv: ({ events }) => events },
    {
      title: 'Cost (USD)',
      align: 'end',
      cell: (item) => (
        <Link href={to.workItemCost(item)}>
          <Amount value={item.cost.costUsd} isLowerBound={(item.cost.unpricedCalls ?? 0) > 0} />
        </Link>
      ),
      csv: ({ cost }) => cost.costUsd,
    },
    {
      title: 'Grade',
      cell: ({ cost }) => <Grade grade={cost.grade} reasons={cost.gradeReasons} />,
      csv: ({ cost }) => cost.grade,
    },
  ];
  return (
    <DataTable
      caption="Work items"
      isPaged
      isCaptionHidden
      file="work-items"
      rows={items}
      keyOf={({ kind, key }) => `${kind}:${key}`}
      columns={columns}
      pageSize={100}
      empty={
        <Empty title="No work item here">
          <p>
            A work item comes to be when a span names it (an attribute such as <code>ticket.id</code> or{' '}
            <code>claim.id</code>), or when a business system tells an outcome of it. Widen the filters, or
            send one.
          </p>
        </Empty>
      }
    />
  );
}

function Narrow(): ReactNode {
  const to = useAddresses('now');
  const [, navigate] = useLocation();
  const [filters, change] = useFilters();
  const [kind, setKind] = useSearchValue('kind');
  const [phase, setPhase] = useSearchValue('phase');
  const [name, setName] = useState('');
  const open = (event: FormEvent): void => {
    event.preventDefault();
    const item = readWorkItemName(name);
    if (item !== null) navigate(to.workItem(item));
  };
  return (
    <div className="filters" role="search" aria-label="Work items">
      <form className="row" onSubmit={open}>
        <TextField
          label="Open by name"
          required
          pattern="[a-z][a-z0-9_]*:.+"
          placeholder="ticket:8123"
          value={name}
          onText={setName}
        />
        <button type="submit" className="field-button">
          Open
        </button>
      </form>
      <Field label="Kind">
        {(id) => (
          <input
            id={id}
            placeholder="all"
            size={10}
            defaultValue={kind ?? ''}
            onBlur={({ target }) => setKind(target.value.trim())}
          />
        )}
      </Field>
      <Field label="Became">
        {(id) => (
          <select id={id} value={phase ?? ''} onChange={({ target }) => setPhase(target.value)}>
            <option value="">anything</option>
            {PHASES.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        )}
      </Field>
      <TextField label="From" type="date" value={filters.from ?? ''} onText={(from) => change({ from })} />
      <TextField label="Before" type="date" value={filters.to ?? ''} onText={(to) => change({ to })} />
    </div>
  );
}
