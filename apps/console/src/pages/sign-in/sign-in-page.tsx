import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { askWho, type Me } from '../../api/session.ts';
import type { ApiClient } from '../../api/client.ts';
import { Failure } from '../../parts/states.tsx';

/** Asks for a key. It is kept for this tab, sent in the header of every question, and stands in no address. */
export function SignInPage(props: {
  /** The tenant that the link is of; null for none in particular. */
  readonly tenant: string | null;
  readonly onSignedIn: (key: string, me: Me, client: ApiClient) => void;
}): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<unknown>(null);
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    document.title = 'Sign in · Outcome Ledger';
    input.current?.focus();
  }, []);
  const signIn = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const key = input.current?.value.trim() ?? '';
    setAsking(true);
    try {
      const { me, client } = await askWho(key);
      props.onSignedIn(key, me, client);
    } catch (refusal) {
      setError(refusal);
      setAsking(false);
      input.current?.focus();
    }
  };
  return (
    <main className="sign-in" id="main">
      <form onSubmit={(event) => void signIn(event)}>
        <img src="/console/icon.svg" alt="" width="40" height="40" />
        <h1>Outcome Ledger</h1>
        <p className="lead">What the work of AI agents costs, and what it bought.</p>
        {props.tenant !== null && (
          <p>
            This address is of the tenant <strong>{props.tenant}</strong>.
          </p>
        )}
        <label htmlFor="key">API key</label>
        <input
          ref={input}
          id="key"
          name="key"
          type="password"
          autoComplete="off"
          spellCheck={false}
          required
          placeholder="olk_…"
          aria-describedby="key-hint"
        />
        <p id="key-hint" className="hint">
          The demo prints one. The first start of the service prints an admin key, and{' '}
          <code>npx outcome-ledger keys create --principal Ana --roles analyst,auditor</code> makes one to
          read with. It stays in this tab until you sign out or close it.
        </p>
        {error !== null && <Failure error={error} />}
        <button type="submit" className="primary" disabled={isAsking}>
          {isAsking ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
