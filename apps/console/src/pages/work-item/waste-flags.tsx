import type { ReactNode } from 'react';
import { showCount } from '../../format/number.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Amount } from '../../parts/figure.tsx';
import { Empty } from '../../parts/states.tsx';
import { SumLine } from '../../parts/sum-line.tsx';
import { Figures } from '../../parts/figure-links.tsx';
import type { WorkItemName } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { Section } from '../../layout/page.tsx';
import { spaced } from './describe-entry.ts';
import { EntryLink } from './entry-link.tsx';
import { takes, type PlacedFlag, type StepWaste, type TrailWaste } from './waste-of.ts';

interface Choosing {
  readonly onChoose: (n: number) => void;
}

/** What rules say of the step that is looked at: which rule, what it takes, and the steps that show it. */
export function StepWasteDetail({ waste, onChoose }: Choosing & { readonly waste: StepWaste }): ReactNode {
  return (
    <section className="step-waste" aria-label="What rules say of this step">
      <h3>Waste</h3>
      {waste.isEssential && (
        <p>
          <span className="mark good">bought it</span> What bought the outcome depends on this step.
        </p>
      )}
      {waste.flags.map((placed) => (
        <FlagDetail key={placed.flag.rule} placed={placed} onChoose={onChoose} />
      ))}
      {waste.takenBy.map(({ flag, at }) => (
        <p key={`${flag.rule} ${flag.spanId}`}>
          <span className="mark bad">wasted</span> {flag.rule} {spaced(flag.name)} takes{' '}
          <Amount value={flag.costUsd} /> here and where the same rule says so
          {at !== null && (
            <>
              : see <EntryLink n={at} onChoose={onChoose} />
            </>
          )}
          .
        </p>
      ))}
    </section>
  );
}

function FlagDetail({ placed, onChoose }: Choosing & { readonly placed: PlacedFlag }): ReactNode {
  const { flag, because, costOf, at } = placed;
  return (
    <div className={`notice ${flag.state === 'proven' ? 'bad' : 'warn'}`}>
      <p>
        <strong>
          {flag.rule} {spaced(flag.name)}
        </strong>
        , {flag.state}: {reasonWords(flag.reason)}.
      </p>
      <p>
        {takes(flag) ? (
          <>
            Wasted: <Amount value={flag.costUsd} /> <span className="soft">(exactly {flag.costUsd} USD)</span>
          </>
        ) : flag.foundUsd === null ? (
          'What it cost is not known: it takes nothing.'
        ) : (
          <>
            Takes nothing of the cost; it is about <Amount value={flag.foundUsd} />.
          </>
        )}
      </p>
      <Entries title="Shown by" numbers={because} onChoose={onChoose} />
      <Entries title="About the cost of" numbers={costOf.filter((n) => n !== at)} onChoose={onChoose} />
    </div>
  );
}

function Entries(
  props: Choosing & { readonly title: string; readonly numbers: readonly number[] },
): ReactNode {
  if (props.numbers.length === 0) return null;
  return (
    <p>
      {props.title}{' '}
      {props.numbers.map((n, index) => (
        <span key={n}>
          {index > 0 && ', '}
          <EntryLink n={n} onChoose={props.onChoose} />
        </span>
      ))}
    </p>
  );
}

/** `repeat:result_unknown` as words. */
const reasonWords = (reason: string): string => reason.split(':').map(spaced).join(', ');

/** All flags of the trail, with the sum that the report of waste counts for this work item. */
export function WasteTable(
  props: Choosing & { readonly waste: TrailWaste; readonly item: WorkItemName; readonly file: string },
): ReactNode {
  const { waste, onChoose } = props;
  const { wastedUsd } = waste;
  const to = useAddresses('now');
  return (
    <Section
      id="waste"
      title="What rules flag"
      lead="As known now, whatever size the trail is read at. A rule that only suspects takes nothing; of an attempt that failed all is lost already, whatever rules say of it."
    >
      <Figures of={to.workItemCost(props.item)}>
        <DataTable
          caption={`Flags of ${showCount(waste.flags.length)} steps`}
          isCaptionHidden
          file={`${props.file}-waste`}
          rows={waste.flags}
          keyOf={({ flag }) => `${flag.traceId} ${flag.spanId} ${flag.rule}`}
          columns={columnsTo(onChoose)}
          empty={
            <Empty title="No rule flags a step">
              {wastedUsd === null
                ? 'Runs are judged a moment after they are posted.'
                : 'Seventeen rules looked. Many need what was said and called: record content, and they see more.'}
            </Empty>
          }
        />
      </Figures>
      {wastedUsd === null ? (
        <p className="hint">A run is not judged yet: what is wasted of it is not known.</p>
      ) : (
        waste.flags.length > 0 && (
          <SumLine
            parts={waste.flags.map(({ flag }) => flag.costUsd)}
            figure={wastedUsd}
            what={waste.flags.length === 1 ? 'flag' : 'flags'}
            isWhole
          />
        )
      )}
    </Section>
  );
}

const columnsTo = (onChoose: Choosing['onChoose']): readonly Column<PlacedFlag>[] => [
  {
    title: 'Step',
    cell: ({ at }) => (at === null ? 'not in this trail' : <EntryLink n={at} onChoose={onChoose} />),
    csv: ({ at, flag }) => at ?? flag.spanId,
  },
  {
    title: 'Rule',
    cell: ({ flag }) => `${flag.rule} ${spaced(flag.name)}`,
    csv: ({ flag }) => `${flag.rule} ${flag.name}`,
  },
  { title: 'Is', cell: ({ flag }) => flag.state, csv: ({ flag }) => flag.state },
  { title: 'For', cell: ({ flag }) => reasonWords(flag.reason), csv: ({ flag }) => flag.reason },
  {
    title: 'Shown by',
    cell: ({ because }) => <Entries title="" numbers={because} onChoose={onChoose} />,
    csv: ({ because }) => because.join(' '),
  },
  {
    title: 'Found (USD)',
    hint: 'What a fix would have saved if no other rule said anything',
    align: 'end',
    cell: ({ flag }) => <Amount value={flag.foundUsd} />,
    csv: ({ flag }) => flag.foundUsd,
  },
  {
    title: 'Wasted (USD)',
    hint: 'What it takes of the cost: each pico once, by the first rule that proves it',
    align: 'end',
    cell: ({ flag }) => <Amount value={flag.costUsd} />,
    csv: ({ flag }) => flag.costUsd,
  },
];
