import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useSession } from '../../api/session.ts';
import { Failure } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { readWorkItemName } from '../../url/addresses.ts';
import type { Proposal } from './proposal.ts';

/** How long the worker usually takes to move a cost. */
const MOVED_AFTER_MS = 2_500;

interface LinkFormProps {
  readonly proposal: Proposal;
  readonly onDone: () => void;
  readonly onLinked: () => void;
}

/** The word of a person on whose steps are: recorded for ever with who and why, followed by a later one, never changed. */
export function LinkForm({ proposal, onDone, onLinked }: LinkFormProps): ReactNode {
  const { me, client } = useSession();
  const queries = useQueryClient();
  const first = useRef<HTMLInputElement>(null);
  const [trace, setTrace] = useState(proposal.traceId ?? '');
  const [item, setItem] = useState(nameOf(proposal));
  const [reason, setReason] = useState('');
  useEffect(() => first.current?.focus(), []);
  const record = useMutation({
    mutationFn: async () => {
      const workItem = readWorkItemName(item);
      if (workItem === null) throw new Error('a work item is named kind:key, as ticket:8123');
      return client.post('/v1/links', {}, { action: 'link', traceId: trace.trim(), workItem, reason });
    },
    onSuccess: () =>
      setTimeout(() => {
        onLinked();
        void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] === '/v1/set-aside' });
      }, MOVED_AFTER_MS),
  });
  if (record.isSuccess) return <Recorded trace={trace} item={item} who={me.principal.name} onDone={onDone} />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    record.mutate();
  };
  return (
    <form className="card" aria-label="Link by hand" onSubmit={submit}>
      <strong>Link by hand, as {me.principal.name}</strong>
      {record.isError && <Failure error={record.error} />}
      <div className="row">
        <TextField
          label="Trace"
          ref={proposal.traceId === null ? first : undefined}
          required
          size={34}
          pattern="[0-9a-f]{32}"
          title="32 lower-case hex digits"
          value={trace}
          onText={setTrace}
        />
        <TextField
          label="belongs to"
          ref={proposal.traceId === null ? undefined : first}
          required
          pattern="[a-z][a-z0-9_]*:.+"
          title="kind:key"
          placeholder="ticket:8123"
          value={item}
          onText={setItem}
        />
      </div>
      <TextField
        label="because (kept for ever; the log holds a commitment to it)"
        required
        maxLength={1000}
        value={reason}
        onText={setReason}
      />
      <div className="row">
        <button type="submit" className="primary" disabled={record.isPending}>
          Record the link
        </button>
        <button type="button" className="quiet" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}

const nameOf = ({ workItem }: Proposal): string =>
  workItem === null ? '' : `${workItem.kind}:${workItem.key}`;

function Recorded(props: {
  readonly trace: string;
  readonly item: string;
  readonly who: string;
  readonly onDone: () => void;
}): ReactNode {
  return (
    <div className="notice good" role="status">
      <p>
        Recorded: trace <code>{props.trace}</code> belongs to {props.item}, says {props.who}. Its cost moves
        there within seconds.
      </p>
      <button type="button" onClick={props.onDone}>
        Done
      </button>
    </div>
  );
}
