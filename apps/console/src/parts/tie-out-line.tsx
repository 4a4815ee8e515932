import type { ReactNode } from 'react';
import type { Schemas } from '../api/wire-types.ts';
import { showCount } from '../format/number.ts';
import { showPeriod } from '../format/time.ts';
import { Amount } from './figure.tsx';

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
  return (
    <details className="tie-out">
      <summary>
        <span className="tie-out-line">{tieOut.line}</span>
        <span>
          <Amount value={tieOut.inScopeUsd} /> of <Amount value={tieOut.meteredUsd} /> metered is in this
          report
        </span>
        <span>{tieOut.size === null ? 'no checkpoint yet' : `log size ${showCount(tieOut.size)}`}</span>
      </summary>
      <dl className="facts">
        <Fact name="Period">{showPeriod(tieOut.period.from, tieOut.period.to)}</Fact>
        <Fact name="Metered">
          <Amount value={tieOut.meteredUsd} />
        </Fact>
        <Fact name="In this report">
          <Amount value={tieOut.inScopeUsd} />
        </Fact>
        {tieOut.exclusions.map(({ reason, amountUsd }) => (
          <Fact key={reason} name={`Not in it: ${EXCLUDED[reason] ?? reason.replaceAll('_', ' ')}`}>
            <Amount value={amountUsd} />
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
          <Amount value={tieOut.billedUsd} />
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
    </details>
  );
}

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
