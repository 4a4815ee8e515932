import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { matchRoute, type Parser } from 'wouter';
import type { Me } from '../api/session.ts';
import type { PathParams } from './path-params.ts';

/** A page of a tenant, at /console/<tenant>/<path>. Parts of the path that begin with `:` are given to the page. */
export interface Page {
  readonly path: string;
  readonly title: string;
  /** Whether it stands in the navigation, and in which group. */
  readonly group: 'figures' | 'proof' | 'service' | null;
  /** Path of the page in the navigation that it is a part of, where it is in none itself. */
  readonly parent?: string;
  /** What a key needs to see it. */
  readonly roles: readonly Me['roles'][number][];
  /** Fetches its code, once. */
  readonly load: () => Promise<{ readonly default: ComponentType<{ readonly params: PathParams }> }>;
  readonly Body: LazyExoticComponent<ComponentType<{ readonly params: PathParams }>>;
}

const READERS = ['analyst', 'auditor'] as const;

const LISTED: readonly Omit<Page, 'Body'>[] = [
  {
    path: 'overview',
    title: 'Overview',
    group: 'figures',
    roles: READERS,
    load: async () => ({ default: (await import('./overview/overview-page.tsx')).OverviewPage }),
  },
  {
    path: 'workflows/:workflow',
    title: 'Workflow',
    group: null,
    parent: 'overview',
    roles: READERS,
    load: async () => ({ default: (await import('./workflow/workflow-page.tsx')).WorkflowPage }),
  },
  {
    path: 'work-items',
    title: 'Work items',
    group: 'figures',
    roles: READERS,
    load: async () => ({ default: (await import('./work-items/work-items-page.tsx')).WorkItemsPage }),
  },
  {
    path: 'work-items/:kind/:key',
    title: 'Work item',
    group: null,
    parent: 'work-items',
    roles: READERS,
    load: async () => ({ default: (await import('./work-item/work-item-page.tsx')).WorkItemPage }),
  },
  {
    path: 'diff',
    title: 'What differs',
    group: null,
    parent: 'work-items',
    roles: READERS,
    load: async () => ({ default: (await import('./diff/diff-page.tsx')).DiffPage }),
  },
  {
    path: 'cohorts',
    title: 'Young cohorts',
    group: 'figures',
    roles: READERS,
    load: async () => ({ default: (await import('./comparisons/cohorts-page.tsx')).CohortsPage }),
  },
  {
    path: 'spend',
    title: 'Spend against outcome',
    group: 'figures',
    roles: READERS,
    load: async () => ({ default: (await import('./comparisons/spend-page.tsx')).SpendPage }),
  },
  {
    path: 'before-after',
    title: 'Before and after',
    group: 'figures',
    roles: READERS,
    load: async () => ({ default: (await import('./comparisons/operating-page.tsx')).OperatingPage }),
  },
  {
    path: 'explain',
    title: 'Explain',
    group: 'figures',
    roles: READERS,
    load: async () => ({ default: (await import('./explain/explain-page.tsx')).ExplainPage }),
  },
  {
    path: 'explain/:kind/:key',
    title: 'Explain',
    group: null,
    parent: 'explain',
    roles: READERS,
    load: async () => ({ default: (await import('./explain/explain-item-page.tsx')).ExplainItemPage }),
  },
  {
    path: 'transactions',
    title: 'Postings',
    group: 'proof',
    roles: READERS,
    load: async () => ({ default: (await import('./explain/transactions-page.tsx')).TransactionsPage }),
  },
  {
    path: 'evidence',
    title: 'Evidence',
    group: 'proof',
    roles: ['auditor'],
    load: async () => ({ default: (await import('./evidence/evidence-page.tsx')).EvidencePage }),
  },
  {
    path: 'data-quality',
    title: 'Data quality',
    group: 'proof',
    roles: READERS,
    load: async () => ({ default: (await import('./quality/quality-page.tsx')).QualityPage }),
  },
  {
    path: 'periods',
    title: 'Periods and bills',
    group: 'proof',
    roles: READERS,
    load: async () => ({ default: (await import('./periods/periods-page.tsx')).PeriodsPage }),
  },
  {
    path: 'settings/:section?',
    title: 'Settings',
    group: 'service',
    roles: ['analyst', 'auditor', 'approver'],
    load: async () => ({ default: (await import('./settings/settings-page.tsx')).SettingsPage }),
  },
  {
    path: 'start',
    title: 'Guided start',
    group: 'service',
    roles: ['spans', 'outcomes', 'analyst', 'auditor', 'privacy', 'approver'],
    load: async () => ({ default: (await import('./start/start-page.tsx')).StartPage }),
  },
];

/** In the order of the navigation. The first path that fits an address is shown. */
export const PAGES: readonly Page[] = LISTED.map((page) => ({ ...page, Body: lazy(page.load) }));

/** The page at a path of a tenant, with the parts of the path that are given to it. */
export function pageAt(
  parser: Parser,
  path: string,
): { readonly page: Page; readonly params: PathParams } | null {
  for (const page of PAGES) {
    const [fits, params] = matchRoute(parser, `/${page.path}`, `/${path}`);
    if (fits) return { page, params };
  }
  return null;
}
