import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { Redirect, useLocation, useRouter } from 'wouter';
import type { ApiClient } from './api/client.ts';
import { ApiProblem } from './api/problem.ts';
import { askWho, may, SessionContext, storedKeys, storeKey, type Me, type Session } from './api/session.ts';
import { Page as PageFrame } from './layout/page.tsx';
import { Shell } from './layout/shell.tsx';
import { pageAt, PAGES } from './pages/page-list.ts';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import { Failure, Loading } from './parts/states.tsx';

type SignedIn = Pick<Session, 'me' | 'client'>;

/** The whole console: who is signed in to the tenant of the address, and the page that the address names. */
export function App(): ReactNode {
  const [path, navigate] = useLocation();
  const asked = path.split('/')[1] ?? '';
  const tenant = asked === '' ? null : decodeURIComponent(asked);
  const [signedIn, setSignedIn] = useState<SignedIn | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const queries = useQueryClient();
  const key = keyFor(tenant);
  const isHeld = signedIn !== null && (tenant === null || signedIn.me.tenant === tenant);

  const { parser } = useRouter();
  useEffect(() => {
    if (isHeld || key === null) return undefined;
    let isCurrent = true;
    askWho(key).then(
      (answer) => isCurrent && setSignedIn(answer),
      (error: unknown) => {
        if (!isCurrent) return;
        if (error instanceof ApiProblem && error.problem.status === 401 && tenant !== null)
          storeKey(tenant, null);
        setFailure(error);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [isHeld, key, tenant]);
  // The code of the page comes while somebody signs in, not after; where it fails, the page says so.
  const first = path.slice(asked.length + 2) || PAGES[0]!.path;
  useEffect(() => {
    if (!isHeld)
      void pageAt(parser, first)
        ?.page.load()
        .catch(() => undefined);
  }, [isHeld, parser, first]);

  const signOut = useCallback(() => {
    if (signedIn !== null) storeKey(signedIn.me.tenant, null);
    queries.clear();
    setSignedIn(null);
    navigate('/');
  }, [signedIn, queries, navigate]);
  const session = useMemo(() => (signedIn === null ? null : { ...signedIn, signOut }), [signedIn, signOut]);

  const onSignedIn = (text: string, me: Me, client: ApiClient): void => {
    storeKey(me.tenant, text);
    setFailure(null);
    setSignedIn({ me, client });
    if (tenant !== me.tenant) navigate(`/${me.tenant}/`);
  };

  if (isHeld && session !== null)
    return (
      <SessionContext value={session}>
        <TenantPage path={path} session={session} />
      </SessionContext>
    );
  if (key === null || isRefusal(failure)) return <SignInPage tenant={tenant} onSignedIn={onSignedIn} />;
  return failure === null ? (
    <Loading what="who is signed in" />
  ) : (
    <Failure error={failure} retry={() => window.location.reload()} />
  );
}

const isRefusal = (error: unknown): boolean => error instanceof ApiProblem && error.problem.status === 401;

/** The key of the tenant; of no tenant in particular, the one there is. */
function keyFor(tenant: string | null): string | null {
  const keys = storedKeys();
  return (tenant === null ? [...keys.values()][0] : keys.get(tenant)) ?? null;
}

function TenantPage({ path, session }: { readonly path: string; readonly session: Session }): ReactNode {
  const { parser } = useRouter();
  const { tenant } = session.me;
  const rest = path.slice(tenant.length + 2);
  if (rest === '') {
    const first = PAGES.find((page) => page.group !== null && may(session, ...page.roles));
    if (first !== undefined)
      return <Redirect to={`/${tenant}/${first.path.replace(/\/:.*$/, '')}`} replace />;
  }
  const found = pageAt(parser, rest);
  if (found !== null) {
    const { page, params } = found;
    const { Body } = page;
    return (
      <Shell page={page}>
        {may(session, ...page.roles) ? (
          <Body key={path} params={params} />
        ) : (
          <NotForThisKey roles={page.roles} />
        )}
      </Shell>
    );
  }
  return (
    <Shell page={null}>
      <PageFrame title="There is no such page">
        <p>The address may be of another version of the console. The navigation leads to all there is.</p>
      </PageFrame>
    </Shell>
  );
}

function NotForThisKey({ roles }: { readonly roles: readonly string[] }): ReactNode {
  return (
    <PageFrame title="Not with this key">
      <p>
        This page needs a key with the role {roles.join(' or ')}. Who administers the service makes one:{' '}
        <code>npx outcome-ledger keys create --principal Ana --roles {roles[0]}</code>.
      </p>
    </PageFrame>
  );
}
