import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { Me } from '../api/session.ts';

/** What stood in the address where the path of the page has `:names`. */
export type PathParams = Readonly<Record<string, string | undefined>>;

/** A page of a tenant, at /console/<tenant>/<path>. Parts of the path that begin with `:` are given to the page. */
export interface Page {
  readonly path: string;
  readonly title: string;
  /** Whether it stands in the navigation, and in which group. */
  readonly group: 'figures' | 'proof' | 'service' | null;
  /** What a key needs to see it. */
  readonly roles: readonly Me['roles'][number][];
  readonly Body: LazyExoticComponent<ComponentType<{ readonly params: PathParams }>>;
}

const READERS = ['analyst', 'auditor'] as const;

/** In the order of the navigation. The first path that fits an address is shown. */
export const PAGES: readonly Page[] = [
  {
    path: 'overview',
    title: 'Overview',
    group: 'figures',
    roles: READERS,
    Body: lazy(async () => ({ default: (await import('./overview/overview-page.tsx')).OverviewPage })),
  },
];
