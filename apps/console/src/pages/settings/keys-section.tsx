import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useSession } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showTime } from '../../format/time.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { Section } from '../../layout/page.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Answered, Empty, Failure } from '../../parts/states.tsx';

type Role = Schemas['Key']['roles'][number];

const ROLES: { readonly [Name in Role]: string } = {
  spans: 'send spans, logs and metrics',
  outcomes: 'send outcomes of the sources and kinds below',
  analyst: 'read figures, ask for previews',
  auditor: 'read figures and the evidence log',
  privacy: 'erase content',
  approver: 'close periods, approve what others asked for',
  admin: 'everything that needs one person',
};

/** Who may do what. A secret is shown once, when its key is made. */
export function KeysSection(): ReactNode {
  const keys = useGet('/v1/keys', {});
  const { client, me } = useSession();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: (keyId: string) => client.delete('/v1/keys/{keyId}', { path: { keyId } }),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <Section
      title="API keys"
      lead="Each belongs to a named person or system, and may do no more than its roles say. Keys are stored hashed."
    >
      {revoke.isError && <Failure error={revoke.error} />}
      <Answered query={keys} what="keys">
        {({ items }) => (
          <DataTable
            caption="Keys"
            isCaptionHidden
            file="keys"
            rows={items}
            keyOf={({ keyId }) => keyId}
            empty={<Empty title="No keys">A key is made below.</Empty>}
            columns={[
              {
                title: 'Belongs to',
                cell: ({ principal }) => principal.name,
                csv: ({ principal }) => principal.name,
              },
              { title: 'Roles', cell: ({ roles }) => roles.join(', '), csv: ({ roles }) => roles.join(' ') },
              {
                title: 'Bound to',
                cell: ({ sources, kinds }) =>
                  [...(sources ?? []), ...(kinds ?? [])].join(', ') || 'everything',
                csv: ({ sources, kinds }) => [...(sources ?? []), ...(kinds ?? [])].join(' '),
              },
              {
                title: 'Made',
                cell: ({ createdAt }) => showTime(createdAt),
                csv: ({ createdAt }) => createdAt,
              },
              {
                title: 'Revoked',
                cell: (key) =>
                  key.revokedAt !== null ? (
                    showTime(key.revokedAt)
                  ) : key.keyId === me.keyId ? (
                    <span className="soft">in use here</span>
                  ) : (
                    <Revoke name={key.principal.name} onRevoke={() => revoke.mutate(key.keyId)} />
                  ),
                csv: ({ revokedAt }) => revokedAt,
              },
            ]}
          />
        )}
      </Answered>
      <NewKey />
    </Section>
  );
}

/** Asks once more, because it cannot be taken back. */
function Revoke({ name, onRevoke }: { readonly name: string; readonly onRevoke: () => void }): ReactNode {
  const [isSure, setSure] = useState(false);
  return isSure ? (
    <button type="button" onClick={onRevoke}>
      Revoke for good<span className="visually-hidden">: key of {name}</span>
    </button>
  ) : (
    <button type="button" className="quiet" onClick={() => setSure(true)}>
      Revoke<span className="visually-hidden"> a key of {name}</span>
    </button>
  );
}

const listOf = (text: string): string[] | null => {
  const names = text.split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));
  return names.length === 0 ? null : names;
};

function NewKey(): ReactNode {
  const { client } = useSession();
  const queries = useQueryClient();
  const [given, setGiven] = useState({ principal: '', sources: '', kinds: '' });
  const [roles, setRoles] = useState<readonly Role[]>(['analyst']);
  const make = useMutation({
    mutationFn: () =>
      client.post(
        '/v1/keys',
        {},
        {
          principal: given.principal,
          roles: [...roles],
          sources: listOf(given.sources),
          kinds: listOf(given.kinds),
        },
      ),
    onSuccess: () => queries.invalidateQueries(),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate();
  };
  const field = (label: string, name: keyof typeof given, placeholder: string): ReactNode => (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          placeholder={placeholder}
          value={given[name]}
          onChange={({ target }) => setGiven({ ...given, [name]: target.value })}
        />
      )}
    </Field>
  );
  return (
    <form className="card" onSubmit={submit}>
      <h3>Make a key</h3>
      {field('Belongs to', 'principal', 'Ana')}
      <RoleChoice roles={roles} onChange={setRoles} />
      {roles.includes('outcomes') && (
        <div className="row">
          {field('Sources it speaks for', 'sources', '/helpdesk')}
          {field('Kinds of work item', 'kinds', 'ticket')}
        </div>
      )}
      <button
        type="submit"
        className="primary"
        disabled={given.principal === '' || roles.length === 0 || make.isPending}
      >
        Make the key
      </button>
      {make.isError && <Failure error={make.error} />}
      {make.data !== undefined && (
        <div className="notice good" role="status">
          <strong>The key of {make.data.principal.name}, shown this once:</strong>
          <CopyText text={make.data.secret} what="the key" />
        </div>
      )}
    </form>
  );
}

function RoleChoice(props: {
  readonly roles: readonly Role[];
  readonly onChange: (roles: readonly Role[]) => void;
}): ReactNode {
  const { roles, onChange } = props;
  return (
    <fieldset>
      <legend>It may</legend>
      {Object.entries(ROLES).map(([role, words]) => (
        <label key={role} className="check">
          <input
            type="checkbox"
            checked={roles.some((each) => each === role)}
            onChange={() => onChange(ALL.filter((each) => (each === role) !== roles.includes(each)))}
          />
          <span>
            <strong>{role}</strong>: {words}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

const ALL: readonly Role[] = ['spans', 'outcomes', 'analyst', 'auditor', 'privacy', 'approver', 'admin'];
