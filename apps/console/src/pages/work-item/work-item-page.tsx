import { useMemo, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useGet } from '../../api/use-get.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { compareDecimals } from '../../format/decimal.ts';
import { Page } from '../../layout/page.tsx';
import type { PathParams } from '../path-params.ts';
import { Answered, Empty } from '../../parts/states.tsx';
import type { WorkItemName } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';
import { AttemptsTable } from './attempts-table.tsx';
import { ContentAccess, type OpenedReplay } from './content-access.tsx';
import { CostCurve } from './cost-curve.tsx';
import { isShown, readShown } from './describe-entry.ts';
import { EntryDetail } from './entry-detail.tsx';
import { EntryList } from './entry-list.tsx';
import { KnownAtBar } from './known-at.tsx';
import { SimilarTrails } from './similar-trails.tsx';
import { StateAfter } from './state-after.tsx';
import { TrailHead } from './trail-head.tsx';
import { TrailTools } from './trail-tools.tsx';
import { WasteTable } from './waste-flags.tsx';
import { wasteOf } from './waste-of.ts';

/** The decision trail of one work item, as it was known at a size of the log. */
export function WorkItemPage({ params }: { readonly params: PathParams }): ReactNode {
  const item: WorkItemName = { kind: params['kind'] ?? '', key: params['key'] ?? '' };
  const name = `${item.kind}:${item.key}`;
  const to = useAddresses();
  const [filters] = useFilters();
  const [order] = useSearchValue('order');
  const question = useMemo(
    () => ({
      order: order === 'observed' ? ('observed' as const) : ('recorded' as const),
      ...(filters.size === undefined ? {} : { size: filters.size }),
      ...(filters.as_of === undefined ? {} : { at: filters.as_of }),
    }),
    [order, filters.size, filters.as_of],
  );
  const replay = useGet('/v1/trails/{id}/replay', { path: { id: name }, query: question });
  const [opened, setOpened] = useState<OpenedReplay | null>(null);
  // What was opened at one size says nothing of another: it is closed, and opened again by another click.
  const isSame = opened !== null && opened.answer.digest === replay.data?.digest;
  return (
    <Page
      title={name}
      lead="What was seen, called, tried again and overridden, step by step, and what each step cost."
      actions={
        <Link className="button" href={to.workItemCost(item)}>
          Explain the cost
        </Link>
      }
    >
      <KnownAtBar key={filters.size ?? ''} size={replay.data?.replay.size ?? null} />
      <Answered query={replay} what="the trail">
        {(answer) => (
          <Trail
            item={item}
            answer={isSame ? opened.answer : answer}
            question={question}
            opened={isSame ? opened : null}
            onOpened={setOpened}
          />
        )}
      </Answered>
      <SimilarTrails item={item} asOf={filters.as_of} />
    </Page>
  );
}

interface TrailProps {
  readonly item: WorkItemName;
  readonly answer: Schemas['ReplayAnswer'];
  readonly question: {
    readonly order: 'recorded' | 'observed';
    readonly size?: string;
    readonly at?: string;
  };
  readonly opened: OpenedReplay | null;
  readonly onOpened: (opened: OpenedReplay | null) => void;
}

function Trail(props: TrailProps): ReactNode {
  const { item, answer, question } = props;
  const [n, setN] = useSearchValue('n');
  const [shown] = useSearchValue('show');
  const narrowed = readShown(shown);
  const { rules, waste } = useTrailWaste(item, answer);
  const entries = useMemo(
    () =>
      answer.replay.entries.filter((entry) =>
        isShown(entry, narrowed, (waste.steps.get(entry.n)?.flags.length ?? 0) > 0),
      ),
    [answer, narrowed, waste],
  );
  const readings = useMemo(() => new Map(answer.reading.map((reading) => [reading.n, reading])), [answer]);
  const chosen = answer.replay.entries.find((entry) => String(entry.n) === n) ?? entries[0];
  const at = chosen?.n ?? null;
  const choose = (to: number): void => setN(String(to));
  const total = largest(answer.replay.cost.total);
  return (
    <>
      <TrailHead item={item} answer={answer} onChoose={choose} />
      <ContentAccess item={item} question={question} opened={props.opened} onOpened={props.onOpened} />
      <div className="trail">
        <div className="trail-list">
          <TrailTools narrowed={narrowed} entries={entries} chosen={chosen} onChoose={choose} />
          {total !== null && (
            <CostCurve entries={answer.replay.entries} total={total} chosen={at} onChoose={choose} />
          )}
          {entries.length === 0 ? (
            <Empty title="None of these">
              The trail has {answer.replay.entries.length} entries, none of this sort.
            </Empty>
          ) : (
            <EntryList
              entries={entries}
              readings={readings}
              waste={waste.steps}
              total={total}
              chosen={at}
              onChoose={choose}
            />
          )}
        </div>
        {chosen !== undefined && (
          <EntryDetail
            item={item}
            entry={chosen}
            reading={readings.get(chosen.n)}
            waste={waste.steps.get(chosen.n)}
            isContentOpen={props.opened !== null}
            onChoose={choose}
          >
            <StateAfter item={item} n={chosen.n} question={question} />
          </EntryDetail>
        )}
      </div>
      <Answered query={rules} what="what rules flag">
        {() => <WasteTable waste={waste} item={item} file={`${item.kind}-${item.key}`} onChoose={choose} />}
      </Answered>
      <AttemptsTable attempts={answer.replay.attempts} file={`${item.kind}-${item.key}`} />
    </>
  );
}

/** What rules say of the steps of a trail, and the question of which that is the answer. */
function useTrailWaste(item: WorkItemName, answer: Schemas['ReplayAnswer']) {
  const rules = useGet('/v1/work-items/{kind}/{key}/waste', { path: item });
  const waste = useMemo(() => wasteOf(rules.data ?? NOT_JUDGED, answer.replay.entries), [rules.data, answer]);
  return { rules, waste };
}

/** Until the verdicts have come. */
const NOT_JUDGED: Schemas['WorkItemWaste'] = { kind: '', key: '', runs: [], flags: [] };

/** The currency that most of it is in; null where nothing is known of the cost. */
function largest(total: Readonly<Record<string, string>>): { currency: string; amount: string } | null {
  const [first] = Object.entries(total).sort(([, a], [, b]) => compareDecimals(b, a));
  return first === undefined ? null : { currency: first[0], amount: first[1] };
}
