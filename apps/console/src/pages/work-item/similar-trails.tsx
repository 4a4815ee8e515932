import { useState, type FormEvent, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useGet } from '../../api/use-get.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { readWorkItemName, type WorkItemName } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';

type Precedent = Schemas['Precedents']['precedents'][number];

/** Closed trails like this one, and a way to any other: what was done differently. */
export function SimilarTrails({
  item,
  asOf,
}: {
  readonly item: WorkItemName;
  readonly asOf: string | undefined;
}): ReactNode {
  const name = `${item.kind}:${item.key}`;
  const precedents = useGet('/v1/precedents', {
    query: { trail: name, ...(asOf === undefined ? {} : { as_of: asOf }), limit: '8' },
  });
  const to = useAddresses();
  const columns: readonly Column<Precedent>[] = [
    {
      title: 'Work item',
      cell: (row) => {
        const other = readWorkItemName(row.name);
        return other === null ? row.name : <Link href={to.workItem(other)}>{row.name}</Link>;
      },
      csv: (row) => row.name,
    },
    { title: 'Became', cell: ({ phase }) => phase, csv: ({ phase }) => phase },
    {
      title: 'Likeness of 10,000',
      hint: 'Rules and exceptions in common 4,000; kinds of decisions 1,000; runs of three acts 3,000; type, workflow, agent and model 2,000',
      align: 'end',
      cell: ({ score }) => score,
      csv: ({ score }) => score,
      compare: (a, b) => a.score - b.score,
    },
    {
      title: 'Why',
      cell: ({ isNamed, sharedRules }) =>
        [isNamed ? 'named by this trail' : '', ...sharedRules].filter(Boolean).join(', ') ||
        'like acts and traits',
      csv: ({ isNamed, sharedRules }) => [isNamed ? 'named' : '', ...sharedRules].filter(Boolean).join(' '),
    },
    { title: 'Compare', cell: (row) => <Link href={to.diff(name, row.name)}>what differs</Link> },
  ];
  return (
    <Section
      id="similar"
      title="Trails like this one"
      lead="Closed ones, known by the time that is looked at: nothing of the future is among them."
      actions={<CompareForm name={name} kind={item.kind} />}
    >
      <Answered query={precedents} what="similar trails">
        {(answer) => (
          <DataTable
            caption="Precedents"
            isCaptionHidden
            file={`${item.kind}-${item.key}-precedents`}
            columns={columns}
            rows={answer.precedents}
            keyOf={({ trail }) => trail}
            empty={
              <Empty title="None yet">
                Once other work items of this kind are closed, the most alike stand here.
              </Empty>
            }
          />
        )}
      </Answered>
    </Section>
  );
}

function CompareForm({ name, kind }: { readonly name: string; readonly kind: string }): ReactNode {
  const to = useAddresses();
  const [, navigate] = useLocation();
  const [text, setText] = useState('');
  const compare = (event: FormEvent): void => {
    event.preventDefault();
    const other = text.includes(':') ? text.trim() : `${kind}:${text.trim()}`;
    if (readWorkItemName(other) !== null) navigate(to.diff(name, other));
  };
  return (
    <form className="row" onSubmit={compare}>
      <Field label="Compare with">
        {(id) => (
          <input
            id={id}
            required
            placeholder={`${kind}:…`}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <button type="submit">Compare</button>
    </form>
  );
}
