import type { ReactNode } from 'react';
import type { Schemas } from '../api/wire-types.ts';
import { showCount } from '../format/number.ts';
import { showPeriod } from '../format/time.ts';
import { useAddresses, type Addresses } from '../url/use-addresses.ts';
import { Amount } from './figure.tsx';
import { Figures } from './figure-links.tsx';

const EXCLUDED: Readonly<Record<string, string>> = {
  in_progress: 'work still open',
  overhead: 'overhead',
  unattributed: 'linked to no work item',
  work_item_unknown: 'of a work item nobody has told us about',
  other_outcome_type: 'of other outcome types',
  settled_in_another_period: 'work settled in another period',
};

/** How the figures above tie to everything that was metered: one line, and all of it on demand. */
export function TieOutLine({ tieOut }: { readonly tieOut: Schemas['TieOut'] }): ReactNode {
  const to = useAddresses();
  const all = { filters: periodOf(tieOut), groupBy: [], cell: null };
  return (
    <details className="tie-out">
      <summary>
        <span className="tie-out-line">{tieOut.line}</span>
        <Figures of={null}>
          <span>
            <Amount value={tieOut.inScopeUsd} /> of <Amount value={tieOut.meteredUsd} /> metered is in this
            report
          </span>
        </Figures>
        <span>{tieOut.size === null ? 'no checkpoint yet' : `log size ${showCount(tieOut.size)}`}</span>
      </summary>
      <Figures of={all}>
        <dl className="facts">
          <Fact name="Period">{showPeriod(tieOut.period.from, tieOut.period.to)}</Fact>
          <Fact name="Metered">
            <Amount value={tieOut.meteredUsd} figure="cost" />
          </Fact>
          <Fact name="In this report">
            <Amount value={tieOut.inScopeUsd} />
          </Fact>
          {tieOut.exclusions.map(({ reason, amountUsd }) => (
            <Fact key={reason} name={`Not in it: ${EXCLUDED[reason] ?? reason.replaceAll('_', ' ')}`}>
              <Amount value={amountUsd} href={excludedAt(reason, to)} />
            </Fact>
          ))}
          <Fact name="Used in other periods">
            <Amount value={tieOut.fromOtherPeriodsUsd} />
          </Fact>
          {tieOut.otherCurrencies.map(({ currency, metered }) => (
            <Fact key={currency} name={`Metered in ${currency}`}>
              <Amount value={metered} currency={currency} />
            </Fact>
          ))}
          <Fact name="Billed">
            <Amount value={tieOut.billedUsd} href={to.periods()} />
          </Fact>
          <Fact name="Evidence log">{tieOut.sealed}</Fact>
          <Fact name="Root">
            <code>{tieOut.root ?? 'none'}</code>
          </Fact>
          <Fact name="Digest of query and rows">
            <code>{tieOut.digest}</code>
          </Fact>
          <Fact name="Engine">{tieOut.versions.engine}</Fact>
          <Fact name="Rules">{versionsOf(tieOut.versions.rules)}</Fact>
          <Fact name="Price books">{versionsOf(tieOut.versions.priceBooks)}</Fact>
        </dl>
      </Figures>
    </details>
  );
}

/** The charges of the same days, as on the bill. */
const periodOf = ({ period: { from, to } }: Schemas['TieOut']) => ({
  view: 'period' as const,
  ...(from === null ? {} : { from }),
  ...(to === null ? {} : { to }),
});

/** Where what is not in the report is told one by one; undefined: among the charges of the period. */
const excludedAt = (reason: string, to: Addresses): string | undefined =>
  reason === 'in_progress'
    ? to.workItems({ phase: 'open' })
    : reason === 'unattributed' || reason === 'work_item_unknown'
      ? to.quality()
      : undefined;

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const versionsOf = (versions: Readonly<Record<string, number>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ') || 'as shipped';
