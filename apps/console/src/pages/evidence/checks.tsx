import type { ReactNode } from 'react';
import type { Check } from '../../proofs/check.ts';

/** What was checked in this browser, and whether it holds. */
export function Checks({
  checks,
  label,
}: {
  readonly checks: readonly Check[];
  readonly label: string;
}): ReactNode {
  const hold = checks.every(({ holds }) => holds);
  return (
    <div className={`notice ${hold ? 'good' : 'bad'}`} role="status" aria-label={label}>
      <strong>{hold ? 'Holds: checked in this browser' : 'Does not hold: checked in this browser'}</strong>
      <ul className="checks">
        {checks.map(({ what, holds, detail }) => (
          <li key={what} className={holds ? 'holds' : 'fails'}>
            <span aria-hidden="true">{holds ? '✓' : '✗'}</span>{' '}
            <span>
              <span className="visually-hidden">{holds ? 'Holds: ' : 'Fails: '}</span>
              {what} <span className="check-detail">{detail}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
