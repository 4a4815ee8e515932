import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { may, useSession, type Session } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Empty } from '../../parts/states.tsx';
import type { PathParams } from '../path-params.ts';
import { BaselinesSection } from './baselines-section.tsx';
import { KeysSection } from './keys-section.tsx';
import { PreviewsSection } from './previews-section.tsx';
import { PricesSection } from './prices-section.tsx';
import { RULE_KINDS } from './rule-kinds.ts';
import { RuleSection } from './rule-section.tsx';

interface Part {
  readonly section: string;
  readonly title: string;
  readonly roles: Parameters<typeof may>[1][];
  readonly body: () => ReactNode;
}

const PARTS: readonly Part[] = [
  { section: 'prices', title: 'Prices', roles: ['analyst', 'auditor'], body: () => <PricesSection /> },
  {
    section: 'baselines',
    title: 'Baselines',
    roles: ['analyst', 'auditor'],
    body: () => <BaselinesSection />,
  },
  ...RULE_KINDS.map((kind): Part => ({
    section: kind.section,
    title: kind.title,
    roles: ['analyst', 'auditor'],
    body: () => <RuleSection key={kind.section} kind={kind} />,
  })),
  {
    section: 'previews',
    title: 'Previews',
    roles: ['analyst', 'auditor', 'approver'],
    body: () => <PreviewsSection />,
  },
  { section: 'keys', title: 'API keys', roles: ['admin'], body: () => <KeysSection /> },
];

/** What figures are made by, as dated versions: read them, write the next one, see what it would move. */
export function SettingsPage({ params }: { readonly params: PathParams }): ReactNode {
  const session = useSession();
  const current = PARTS.find(({ section }) => section === params['section']) ?? PARTS[0]!;
  return (
    <Page
      title="Settings"
      lead="Every setting is a dated version: nothing is changed, only followed by a newer one, and what stood before can be read again."
    >
      <nav aria-label="Settings" className="tabs">
        {PARTS.filter((part) => isFor(part, session)).map(({ section, title }) => (
          <Link
            key={section}
            href={`/${session.me.tenant}/settings/${section}`}
            aria-current={section === current.section ? 'page' : undefined}
          >
            {title}
          </Link>
        ))}
      </nav>
      {isFor(current, session) ? (
        current.body()
      ) : (
        <Empty title="Not with this key">
          {current.title} need a key with the role {current.roles.join(' or ')}.
        </Empty>
      )}
    </Page>
  );
}

const isFor = ({ roles }: Part, session: Session): boolean => may(session, ...roles);
