import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { showTime } from '../../format/time.ts';
import { Fact } from '../../parts/tie-out-line.tsx';
import type { WorkItemName } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { Amounts } from './amounts.tsx';
import { spaced } from './describe-entry.ts';
import { EntryLink } from './entry-link.tsx';

/** What became of the work item, what it cost, and the digest that two readers compare. */
export function TrailHead(props: {
  readonly item: WorkItemName;
  readonly answer: Schemas['ReplayAnswer'];
  readonly onChoose: (n: number) => void;
}): ReactNode {
  const { replay, digest } = props.answer;
  const { verdict, cost, attempts, entries, sealedAt } = replay;
  const to = useAddresses();
  const steps = entries.filter(({ type }) => type === 'step');
  return (
    <dl className="facts card">
      <Fact name="Verdict">
        <strong>{verdict.phase}</strong> ({spaced(verdict.outcomeType)}, by {verdict.definition})
        {verdict.at !== null && `, ${showTime(verdict.at)}`}
        {verdict.by !== null && (
          <>
            {' '}
            by <EntryLink n={verdict.by} onChoose={props.onChoose} />
          </>
        )}
      </Fact>
      <Fact name="Cost">
        <Link href={to.workItemCost(props.item)}>
          <Amounts of={cost.total} />
        </Link>
      </Fact>
      <Fact name="Steps">
        {showCount(steps.length)} in {attempts.length} {attempts.length === 1 ? 'attempt' : 'attempts'},{' '}
        {entries.length - steps.length} told otherwise
      </Fact>
      <Fact name="Sealed">{showTime(sealedAt)}</Fact>
      <Fact name="Digest (SHA-256 of the replay, the same for ever at this size)">
        <code>{digest}</code>
      </Fact>
    </dl>
  );
}
