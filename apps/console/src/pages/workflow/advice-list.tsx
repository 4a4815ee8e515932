import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { adviceOf } from './advice.ts';

/** What to do about a workflow, as far as its figures decide it; nothing where they decide nothing. */
export function Advice(props: {
  readonly compared: Schemas['BaselineRow'];
  readonly segments: Schemas['SentenceRow']['segments'];
}): ReactNode {
  const { compared, segments } = props;
  const { baseline, decision, savingPerOutcomeUsd } = compared;
  const to = useAddresses();
  const lines = adviceOf({
    outcomeType: compared.group['outcome_type'] ?? null,
    decision,
    baselineName: baseline?.name ?? null,
    savingPerOutcomeUsd,
    segments,
  });
  return lines.length === 0 ? null : (
    <div className="advice">
      <strong>What to do</strong>
      <ul>
        {lines.map((line) => (
          <li key={line}>{baseline === null ? <Link href={to.settings('baselines')}>{line}</Link> : line}</li>
        ))}
      </ul>
    </div>
  );
}
