import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { showCount } from '../../format/number.ts';
import { showDuration, showTime } from '../../format/time.ts';
import { Amount } from '../../parts/figure.tsx';
import { Figures } from '../../parts/figure-links.tsx';
import { PrincipalName } from '../../parts/principal-name.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import type { WorkItemName } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { useFilters } from '../../url/use-filters.ts';
import { Amounts } from './amounts.tsx';
import { describeDecision, describeEntry, spaced, type Entry, type Reading } from './describe-entry.ts';
import { EntryLink } from './entry-link.tsx';
import { EntryReading } from './entry-reading.tsx';
import { StepWasteDetail } from './waste-flags.tsx';
import type { StepWaste } from './waste-of.ts';

/** Everything that is recorded of one entry. */
export function EntryDetail(props: {
  readonly item: WorkItemName;
  readonly entry: Entry;
  readonly reading: Reading | undefined;
  readonly waste: StepWaste | undefined;
  readonly isContentOpen: boolean;
  readonly onChoose: (n: number) => void;
  readonly children?: ReactNode;
}): ReactNode {
  const { entry, reading, onChoose } = props;
  const { kind, title } = describeEntry(entry, reading);
  // Rules are told as they are known now, whatever the trail is read at.
  const to = useAddresses('now');
  return (
    <section className="entry-detail" aria-labelledby="entry-title">
      <h2 id="entry-title">
        <span className="soft">{entry.n}</span> {kind}: {title}
      </h2>
      <dl className="facts">
        <WhenKnown entry={entry} />
        {entry.step !== null && <StepFacts entry={entry} onChoose={onChoose} />}
        <ActFacts entry={entry} onChoose={onChoose} />
        {entry.decisions.length > 0 && (
          <Fact name="Decided">
            <ul className="plain">
              {entry.decisions.map((decision) => (
                <li key={JSON.stringify(decision)}>{describeDecision(decision)}</li>
              ))}
            </ul>
          </Fact>
        )}
        <CostFacts item={props.item} entry={entry} />
      </dl>
      {props.waste !== undefined && (
        <Figures of={to.workItemCost(props.item)}>
          <StepWasteDetail waste={props.waste} onChoose={onChoose} />
        </Figures>
      )}
      {reading !== undefined && (
        <EntryReading reading={reading} isContentOpen={props.isContentOpen} onChoose={onChoose} />
      )}
      <ProofOf entry={entry} />
      {props.children}
    </section>
  );
}

function WhenKnown({ entry }: { readonly entry: Entry }): ReactNode {
  const { happenedAt, endedAt, knownAt, delayMs } = entry;
  const delay = Number(delayMs);
  return (
    <>
      <Fact name="Happened">
        {showTime(happenedAt)}
        {endedAt !== null && ` (took ${showDuration(Date.parse(endedAt) - Date.parse(happenedAt))})`}
      </Fact>
      <Fact name="Known here">
        {showTime(knownAt)} ({delay < 0 ? 'clocks differ' : `${showDuration(delay)} later`})
        {entry.late && ', after things that happened later'}
      </Fact>
      <Fact name="Known by the verdict">
        {entry.knewAtDecision === null ? 'there is no verdict yet' : entry.knewAtDecision ? 'yes' : 'no'}
      </Fact>
    </>
  );
}

function StepFacts({
  entry,
  onChoose,
}: {
  readonly entry: Entry;
  readonly onChoose: (n: number) => void;
}): ReactNode {
  const { model, provider, agent, workflow, service, parent, tokens, usageState, role, finishReasons } =
    entry.step!;
  return (
    <>
      {model !== null && (
        <Fact name="Model">
          {model}
          {provider !== null && ` (${provider})`}
        </Fact>
      )}
      {agent !== null && <Fact name="Agent">{agent}</Fact>}
      {workflow !== null && <Fact name="Workflow">{workflow}</Fact>}
      {service !== null && <Fact name="Service">{service}</Fact>}
      {parent !== null && (
        <Fact name="Done in">
          <EntryLink n={parent} onChoose={onChoose} />
        </Fact>
      )}
      {role !== 'none' && (
        <Fact name="Tokens">
          {tokens === null
            ? `not told (usage ${spaced(usageState)})`
            : Object.entries(tokens)
                .map(([name, count]) => `${showCount(count)} ${spaced(name)}`)
                .join(', ')}
        </Fact>
      )}
      {finishReasons.length > 0 && <Fact name="Ended because">{finishReasons.map(spaced).join(', ')}</Fact>}
    </>
  );
}

function ActFacts({
  entry,
  onChoose,
}: {
  readonly entry: Entry;
  readonly onChoose: (n: number) => void;
}): ReactNode {
  const { tool, retrieved, retryOf, handOff, about, by, outcome } = entry;
  return (
    <>
      {tool !== null && (
        <Fact name="What became of the call">
          {spaced(tool.disposition)}; effect {tool.effect}
          {tool.basis === 'declared' ? ' (the agent says so)' : ' (read off its span)'}
        </Fact>
      )}
      {retrieved !== null && (
        <Fact name="Retrieved">
          {retrieved.documents === null
            ? 'how many documents is not recorded'
            : `${retrieved.documents} documents`}
        </Fact>
      )}
      {retryOf !== null && (
        <Fact name="Tries again">
          <EntryLink n={retryOf.n} onChoose={onChoose} />
          {retryOf.changed.length === 0
            ? ', nothing recorded changed'
            : `, changed: ${retryOf.changed.map(spaced).join(', ')}`}
        </Fact>
      )}
      {handOff !== null && (
        <Fact name="Handed over">
          {handOff.from ?? 'somebody'} → {handOff.to ?? 'somebody'}
        </Fact>
      )}
      {about !== null && (
        <Fact name="About">
          <EntryLink n={about} onChoose={onChoose} />
        </Fact>
      )}
      {by !== null && (
        <Fact name="Told by">
          <PrincipalName id={by} />
        </Fact>
      )}
      {outcome !== null && (
        <Fact name="Outcome event">
          {spaced(outcome.verb)} of {outcome.source}, read as {spaced(outcome.effect)}
          {outcome.ofMergedItem && ', of an item merged into this one'}
        </Fact>
      )}
    </>
  );
}

function CostFacts({ item, entry }: { readonly item: WorkItemName; readonly entry: Entry }): ReactNode {
  const to = useAddresses();
  const [{ size, as_of }] = useFilters();
  const { direct, cumulative, sits } = entry.cost;
  const span = entry.step?.spanId;
  return (
    <>
      <Fact name="Cost of it">
        {direct === null ? (
          <span className="soft">nothing is posted for it</span>
        ) : (
          <Link href={to.workItemCost(item, span === undefined ? {} : { span })}>
            <Amounts of={direct} />
          </Link>
        )}
      </Fact>
      <Fact name="Cost up to here">
        <Link href={to.workItemCost(item)}>
          <Amounts of={cumulative} />
        </Link>
      </Fact>
      {sits.length > 0 && (
        <Fact name="Sits on">
          <ul className="plain">
            {sits.map(({ account, currency, amount }) => (
              <li key={account + currency}>
                <code>{account}</code>{' '}
                <Amount
                  value={amount}
                  currency={currency}
                  href={to.transactions({ account, kind: item.kind, key: item.key, size, as_of })}
                />
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </>
  );
}

function ProofOf({ entry }: { readonly entry: Entry }): ReactNode {
  const to = useAddresses();
  const { index, since, revision, leafHash } = entry.proof;
  return (
    <p className="hint">
      Said by <Link href={to.leaf(index)}>leaf {showCount(index)}</Link>
      {revision !== null && `, revision ${revision} of its trace`}, hash <code>{leafHash}</code>
      {since !== index && (
        <>
          ; first known by <Link href={to.leaf(since)}>leaf {showCount(since)}</Link>
        </>
      )}
      .{' '}
      {entry.step !== null && (
        <>
          Trace <Link href={to.transactions({ trace: entry.step.traceId })}>{entry.step.traceId}</Link>, span{' '}
          <code>{entry.step.spanId}</code>.
        </>
      )}
    </p>
  );
}
