import { useState, type ReactNode } from 'react';
import { useGet } from '../../api/use-get.ts';
import type { WorkItemName } from '../../url/addresses.ts';
import { showTime } from '../../format/time.ts';
import { Link } from 'wouter';
import { useAddresses } from '../../url/use-addresses.ts';
import { Answered } from '../../parts/states.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import { Amounts } from './amounts.tsx';
import type { KnownAt } from './content-access.tsx';
import { describeDecision, spaced } from './describe-entry.ts';

interface StateProps {
  readonly item: WorkItemName;
  readonly n: number;
  readonly question: KnownAt & { readonly order: 'recorded' | 'observed' };
}

/** What stood after an entry; asked for once it is looked at. */
export function StateAfter(props: StateProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>What stood after it</summary>
      {isOpen && <State {...props} />}
    </details>
  );
}

function State({ item, n, question }: StateProps): ReactNode {
  const to = useAddresses();
  const state = useGet('/v1/trails/{id}/state/{n}', {
    path: { id: `${item.kind}:${item.key}`, n: String(n) },
    query: question,
  });
  return (
    <Answered query={state} what="the state">
      {({ at, phase, cost, modelCalls, tools, documents, retries, handOffs, decisions, unknownYet }) => (
        <dl className="facts">
          <Fact name="At">{showTime(at)}</Fact>
          <Fact name="Phase">{phase}</Fact>
          <Fact name="Cost so far">
            <Link href={to.workItemCost(item)}>
              <Amounts of={cost} />
            </Link>
          </Fact>
          <Fact name="Model calls">{modelCalls}</Fact>
          <Fact name="Tools">
            {tools.length === 0
              ? 'none'
              : tools
                  .map(
                    ({ tool, called, failed }) =>
                      `${tool} ${called}×${failed === 0 ? '' : ` (${failed} failed)`}`,
                  )
                  .join(', ')}
          </Fact>
          <Fact name="Documents">{documents ?? 'not recorded'}</Fact>
          <Fact name="Retries, hand-offs">
            {retries}, {handOffs}
          </Fact>
          <Fact name="Decided">
            {decisions.length === 0
              ? 'nothing stated'
              : decisions.map((each) => spaced(describeDecision(each))).join('; ')}
          </Fact>
          <Fact name="Still to come">{unknownYet} entries</Fact>
        </dl>
      )}
    </Answered>
  );
}
