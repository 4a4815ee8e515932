import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useSession } from '../../api/session.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { shiftDay } from '../../format/time.ts';
import { Failure } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';

/** Asks for leave to read content; it stands once another person approved it. */
export function GrantForm({ scope }: { readonly scope?: Schemas['NewGrant']['scope'] }): ReactNode {
  const { me, client } = useSession();
  const queries = useQueryClient();
  const [principal, setPrincipal] = useState(me.principal.name);
  const [workItem, setWorkItem] = useState('');
  const [purpose, setPurpose] = useState('');
  const [until, setUntil] = useState(() => shiftDay(new Date().toISOString().slice(0, 10), 14));
  const ask = useMutation({
    mutationFn: () =>
      client.post(
        '/v1/grants',
        {},
        {
          principal,
          scope: scope ?? { kind: 'work_item', workItem: workItem.trim() },
          purpose,
          validUntil: `${until}T00:00:00Z`,
        },
      ),
    onSuccess: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] === '/v1/grants' }),
  });
  if (ask.isSuccess)
    return (
      <p className="notice good" role="status">
        Asked. Somebody else with the role approver decides under Evidence, Who read content.
      </p>
    );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <form className="card" aria-label="Ask for a grant" onSubmit={submit}>
      <strong>Ask for a grant</strong>
      {ask.isError && <Failure error={ask.error} />}
      <div className="row">
        <TextField label="Who will read (principal)" required value={principal} onText={setPrincipal} />
        {scope === undefined && (
          <TextField
            label="Work item"
            required
            placeholder="ticket:8123"
            value={workItem}
            onText={setWorkItem}
          />
        )}
        <TextField label="Until" type="date" required value={until} onText={setUntil} />
      </div>
      <TextField
        label="Why (stands in the log for ever: name no person)"
        required
        minLength={3}
        value={purpose}
        onText={setPurpose}
      />
      <div className="row">
        <button type="submit" disabled={ask.isPending}>
          Ask
        </button>
      </div>
    </form>
  );
}
