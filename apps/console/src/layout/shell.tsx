import { Suspense, useEffect, useState, type ReactNode } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { may, useSession } from '../api/session.ts';
import { PAGES, type Page } from '../pages/page-list.ts';
import { Loading } from '../parts/states.tsx';
import { filterSearch, readFilters } from '../url/filters.ts';
import { applyTheme, storedTheme, THEMES, type Theme } from './theme.ts';

const GROUPS = [
  ['figures', 'Figures'],
  ['proof', 'Proof'],
  ['service', 'Service'],
] as const;

/** What stands around every page: the skip link, the navigation, who is signed in. */
export function Shell({
  page,
  children,
}: {
  readonly page: Page | null;
  readonly children: ReactNode;
}): ReactNode {
  const [path] = useLocation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [path]);
  return (
    <div className="shell">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to the content
      </a>
      <header className="top">
        <button
          type="button"
          className="menu"
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => setOpen(!isOpen)}
        >
          <span aria-hidden="true">☰</span>
          <span className="visually-hidden">Navigation</span>
        </button>
        <Link href="/" className="brand">
          <img src="/console/icon.svg" alt="Outcome Ledger" width="24" height="24" />
          <span aria-hidden="true">Outcome Ledger</span>
        </Link>
        <Account />
      </header>
      <nav id="navigation" aria-label="Pages" className={isOpen ? 'navigation open' : 'navigation'}>
        <Navigation page={page} />
      </nav>
      <main id="main" tabIndex={-1}>
        <Suspense fallback={<Loading what="the page" />}>{children}</Suspense>
      </main>
    </div>
  );
}

function Navigation({ page }: { readonly page: Page | null }): ReactNode {
  const session = useSession();
  const filters = readFilters(new URLSearchParams(useSearch()));
  return GROUPS.map(([group, title]) => {
    const pages = PAGES.filter((each) => each.group === group && may(session, ...each.roles));
    return pages.length === 0 ? null : (
      <div key={group}>
        <h2>{title}</h2>
        <ul>
          {pages.map((each) => (
            <li key={each.path}>
              <Link
                href={`/${session.me.tenant}/${each.path.replace(/\/:.*$/, '')}${filterSearch(filters)}`}
                aria-current={each === page ? 'page' : page?.parent === each.path ? 'true' : undefined}
              >
                {each.title}
              </Link>
            </li>
          ))}
        </ul>
      </div>
    );
  });
}

function Account(): ReactNode {
  const { me, signOut } = useSession();
  const [theme, setTheme] = useState<Theme>(storedTheme);
  return (
    <div className="account">
      <label className="theme">
        <span className="visually-hidden">Colours</span>
        <select
          value={theme}
          onChange={({ target }) => {
            const chosen = THEMES.find((each) => each === target.value) ?? 'system';
            applyTheme(chosen);
            setTheme(chosen);
          }}
        >
          <option value="system">System colours</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
      <span className="who" title={`Roles: ${me.roles.join(', ')}`}>
        <strong>{me.tenant}</strong> <span className="who-name">{me.principal.name}</span>
      </span>
      <button type="button" className="quiet" onClick={signOut}>
        Sign out
      </button>
    </div>
  );
}
