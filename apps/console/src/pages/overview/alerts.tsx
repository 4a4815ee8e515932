import { useQueries } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useSession } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import { toAlerts } from './to-alerts.ts';

const KINDS = ['unpriced', 'unmatched_spend', 'unmatched_outcome', 'rejected', 'conflicting'] as const;

/** What makes the figures of the page less sure than they could be, each with what to do about it. */
export function Alerts(): ReactNode {
  const { me, client } = useSession();
  const kept = useQueries({
    queries: KINDS.map((kind) => ({
      queryKey: [me.tenant, me.keyId, '/v1/set-aside', kind, 'groups'],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        client.get('/v1/set-aside', { query: { kind, limit: '1' } }, signal),
    })),
  });
  const quality = useGet('/v1/data-quality', {});
  const halts = useGet('/v1/ledger/halts', {});
  const pages = kept.flatMap(({ data }) => (data === undefined ? [] : [data]));
  if (pages.length < KINDS.length || quality.isPending || halts.isPending) return null;
  const alerts = toAlerts(pages, quality.data?.emitters ?? [], halts.data?.items.length ?? 0);
  if (alerts.length === 0)
    return (
      <p className="notice good">
        Every call that arrived has a price and a work item, and nothing was refused.
      </p>
    );
  return (
    <ul className="alerts" aria-label="What makes these figures less sure">
      {alerts.map(({ severity, text, action, page }) => (
        <li key={text} className={severity === 'action' ? 'notice warn' : 'notice'}>
          <span>{text}.</span> <Link href={`/${me.tenant}/${page}`}>{action}</Link>
        </li>
      ))}
    </ul>
  );
}
