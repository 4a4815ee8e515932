import { useState, type ReactNode } from 'react';
import { useSession } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { Section } from '../../layout/page.tsx';
import { Answered } from '../../parts/states.tsx';
import { ChangeFlow } from './change-flow.tsx';
import { VersionTable } from './rule-section.tsx';

const METHODS = {
  bpo_contract: 'a contract with a BPO',
  human_minutes: 'the minutes of people',
  other: 'an assumption',
} as const;

const EMPTY = { name: '', outcomeType: '', amount: '', currency: 'USD', source: '' };

/** What outcomes cost another way; a baseline moves no charge, so there is nothing to preview. */
export function BaselinesSection(): ReactNode {
  const versions = useGet('/v1/baselines', {});
  return (
    <Section
      title="Baselines"
      lead="What the same outcome costs another way: a contract, people's minutes. The cheapest one of an outcome is what agents are compared with."
    >
      <Answered query={versions} what="baselines">
        {({ items }) => <VersionTable caption="Baselines, every version" file="baselines" items={items} />}
      </Answered>
      <BaselineForm />
    </Section>
  );
}

function BaselineForm(): ReactNode {
  const { client } = useSession();
  const types = useOutcomeTypes();
  const [given, setGiven] = useState(EMPTY);
  const [method, setMethod] = useState<keyof typeof METHODS>('bpo_contract');
  const body: Schemas['NewBaseline'] = {
    name: given.name,
    rule: {
      outcomeType: given.outcomeType,
      method,
      costPerOutcome: { amount: given.amount, currency: given.currency },
      source: given.source,
    },
  };
  const input = (
    name: keyof typeof EMPTY,
    more: { placeholder?: string; size?: number; list?: string } = {},
  ) =>
    function inputWith(id: string): ReactNode {
      return (
        <input
          id={id}
          value={given[name]}
          onChange={({ target }) => setGiven({ ...given, [name]: target.value })}
          {...more}
        />
      );
    };
  return (
    <form className="card" onSubmit={(event) => event.preventDefault()}>
      <h3>Record a baseline, or the next version of one</h3>
      <div className="row">
        <Field label="Name">{input('name', { placeholder: 'contact-centre' })}</Field>
        <Field label="Outcome">
          {input('outcomeType', { placeholder: 'ticket.resolved', list: 'outcome-types' })}
        </Field>
        <Field label="It is">{(id) => <MethodChoice id={id} method={method} onChange={setMethod} />}</Field>
        <Field label="Cost of one outcome">{input('amount', { placeholder: '4.20', size: 8 })}</Field>
        <Field label="Currency">{input('currency', { size: 4 })}</Field>
        <Field label="Where the figure is from">
          {input('source', { placeholder: 'Contract 2026-03', size: 32 })}
        </Field>
      </div>
      <datalist id="outcome-types">
        {types.map((type) => (
          <option key={type} value={type} />
        ))}
      </datalist>
      <ChangeFlow
        key={JSON.stringify(body)}
        isReady={[given.name, given.outcomeType, given.amount, given.source].every((text) => text !== '')}
        toPreview={null}
        record={() => client.post('/v1/baselines', {}, body)}
      />
    </form>
  );
}

/** Outcome types that some definition names. */
function useOutcomeTypes(): string[] {
  const { data } = useGet('/v1/definitions', {});
  const types = (data?.items ?? []).flatMap(({ rule }) =>
    typeof rule === 'object' && rule !== null && 'outcomeType' in rule ? [String(rule.outcomeType)] : [],
  );
  return [...new Set(types)];
}

type Method = keyof typeof METHODS;

function MethodChoice(props: {
  readonly id: string;
  readonly method: Method;
  readonly onChange: (method: Method) => void;
}): ReactNode {
  return (
    <select
      id={props.id}
      value={props.method}
      onChange={({ target }) =>
        props.onChange(
          target.value === 'human_minutes' || target.value === 'other' ? target.value : 'bpo_contract',
        )
      }
    >
      {Object.entries(METHODS).map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
}
