import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { may, useSession } from '../../api/session.ts';
import { useGet, type GetOptions } from '../../api/use-get.ts';
import { showCount } from '../../format/number.ts';
import { Page, Section } from '../../layout/page.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Failure } from '../../parts/states.tsx';
import { useSearchValue } from '../../url/use-filters.ts';
import { outcomeCommand, WAYS, type Destination } from './snippets.ts';

const ASK_MS = 2000;
const DEFAULT_PORT = 4318;

/** From nothing to the first figure: what to send, with the address and key filled in, and a light that turns green. */
export function StartPage(): ReactNode {
  const session = useSession();
  const { protocol, hostname } = window.location;
  const port = session.me.otlp?.httpPort ?? DEFAULT_PORT;
  const [spansKey, setSpansKey] = useState<string | null>(null);
  const [outcomesKey, setOutcomesKey] = useState<string | null>(null);
  const to = { url: `${protocol}//${hostname}:${port}`, key: spansKey ?? '$SPANS_KEY' };
  return (
    <Page
      title="Guided start"
      lead="A cost per outcome needs spans that name a work item, and an event that says what became of it. In any order."
    >
      <Arrivals />
      <Section
        title="1. Send a span"
        lead="One attempt of an agent at the ticket T-1, with one model call. Any OpenTelemetry SDK will do."
      >
        <MakeKey role="spans" principal="agents" onMade={setSpansKey} made={spansKey} />
        <Programs to={to} />
      </Section>
      <Section
        title="2. Say what became of the ticket"
        lead="A help desk, a claims system or a CRM does this, days later if need be; sent twice it counts once."
      >
        <MakeKey role="outcomes" principal="help desk" onMade={setOutcomesKey} made={outcomesKey} />
        <CopyText
          text={outcomeCommand(window.location.origin, outcomesKey ?? '$OUTCOMES_KEY')}
          what="the event"
        />
      </Section>
      <Section title="3. Look">
        <p>
          The <Link href={`/${session.me.tenant}/overview`}>overview</Link> shows the figure, the{' '}
          <Link href={`/${session.me.tenant}/work-items/ticket/T-1`}>trail of T-1</Link> what was done for it.
          Say what it would cost otherwise by a{' '}
          <Link href={`/${session.me.tenant}/settings/baselines`}>baseline</Link>.
        </p>
      </Section>
    </Page>
  );
}

function Programs({ to }: { readonly to: Destination }): ReactNode {
  const [name, choose] = useSearchValue('with');
  const way = WAYS.find((each) => each.name === name) ?? WAYS[0]!;
  return (
    <>
      <nav aria-label="Send with" className="tabs">
        {WAYS.map((each) => (
          <button
            key={each.name}
            type="button"
            className="tab"
            aria-pressed={each === way}
            onClick={() => choose(each.name)}
          >
            {each.name}
          </button>
        ))}
      </nav>
      <div className="columns">
        <div>
          <h3>
            Save as <code>{way.fileName}</code>
          </h3>
          <CopyText text={way.program} what={way.fileName} />
        </div>
        <div>
          <h3>Run</h3>
          <CopyText text={way.commands(to)} what="the commands" />
          <p className="hint">
            In a checkout of the service the programs stand in <code>docs/examples</code>. Agents that are
            instrumented already need the three <code>OTEL_</code> variables and one attribute,{' '}
            <code>ticket.id</code>, on a span.
          </p>
        </div>
      </div>
    </>
  );
}

/** What has arrived so far, asked for every two seconds until all of it has. */
function Arrivals(): ReactNode {
  const session = useSession();
  const isReader = may(session, 'analyst', 'auditor');
  const [isDone, setDone] = useState(false);
  const options = { enabled: isReader, refetchInterval: isDone ? (false as const) : ASK_MS };
  const { lights, error } = useLights(options);
  if (!isReader)
    return (
      <p className="notice">
        This key sends; to see what arrives takes one with the role analyst or auditor.
      </p>
    );
  if (!isDone && lights.every(({ isOn }) => isOn)) setDone(true);
  return (
    <>
      <ol className="lights" aria-live="polite" aria-label="What has arrived">
        {lights.map(({ title, words, isOn }) => (
          <li key={title} className={isOn ? 'light on' : 'light'}>
            <strong>
              <span aria-hidden="true">{isOn ? '✓' : '○'}</span> {title}
            </strong>
            <span>{words}</span>
          </li>
        ))}
      </ol>
      {isDone ? (
        <p className="hint">All of it has arrived.</p>
      ) : (
        <p className="hint">
          Asked every two seconds. A trace is read when nothing of it has come for five seconds.
        </p>
      )}
      {error !== null && <Failure error={error} />}
    </>
  );
}

interface Light {
  readonly title: string;
  readonly words: ReactNode;
  readonly isOn: boolean;
}

/** What has to arrive until there is a figure, and whether it has. */
function useLights(options: GetOptions): { readonly lights: readonly Light[]; readonly error: Error | null } {
  const quality = useGet('/v1/data-quality', {}, options);
  const items = useGet('/v1/work-items', { query: { limit: '1' } }, options);
  const outcomes = useGet('/v1/outcomes', { query: { limit: '1' } }, options);
  const report = useGet(
    '/v1/reports/{name}',
    { path: { name: 'cost-per-outcome' }, query: { group_by: 'outcome_type' } },
    options,
  );
  const light = (title: string, words: ReactNode, without: string): Light => ({
    title,
    words: words ?? without,
    isOn: words !== undefined,
  });
  const spans = (quality.data?.emitters ?? []).reduce((sum, emitter) => sum + emitter.spans, 0);
  const figure = report.data?.rows.find(({ costPerOutcomeUsd }) => costPerOutcomeUsd !== null);
  return {
    error: quality.error ?? items.error ?? outcomes.error ?? report.error,
    lights: [
      light('Spans', spans === 0 ? undefined : `${showCount(spans)} read`, 'none yet'),
      light('A work item they name', items.data?.items[0]?.key, 'none yet'),
      light('What became of it', outcomes.data?.items[0]?.type, 'no event yet'),
      light('Cost per outcome', figure && <Amount value={figure.costPerOutcomeUsd} />, 'no figure yet'),
    ],
  };
}

/** Makes a key that may do just this, where the key that is signed in with may make keys. */
function MakeKey(props: {
  readonly role: 'spans' | 'outcomes';
  readonly principal: string;
  readonly made: string | null;
  readonly onMade: (secret: string) => void;
}): ReactNode {
  const session = useSession();
  const { role, principal, made } = props;
  const make = useMutation({
    mutationFn: () =>
      session.client.post('/v1/keys', {}, { principal, roles: [role], sources: null, kinds: null }),
    onSuccess: ({ secret }) => props.onMade(secret),
  });
  if (made !== null)
    return (
      <p className="notice good" role="status">
        The key is filled in below. It is shown this once: keep it.
      </p>
    );
  if (!may(session, 'admin'))
    return (
      <p className="hint">
        An admin makes the key:{' '}
        <code>{`npx outcome-ledger keys create --principal "${principal}" --roles ${role}`}</code>
      </p>
    );
  return (
    <div className="row">
      <button type="button" className="primary" disabled={make.isPending} onClick={() => make.mutate()}>
        Make a key that may only send {role}
      </button>
      {make.isError && <Failure error={make.error} />}
    </div>
  );
}
