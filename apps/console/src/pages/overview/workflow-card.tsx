import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { sumDecimals, toPosition } from '../../format/decimal.ts';
import { showMoney } from '../../format/money.ts';
import { kindOf, unitOf } from '../../format/outcome-words.ts';
import { Amount, CostInterval, Count, Coverage, Grade } from '../../parts/figure.tsx';
import { Figures } from '../../parts/figure-links.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import type { Filters } from '../../url/filters.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { timesWords, verdictWords } from '../workflow/verdict.ts';
import { toPoints, type Bucket } from './to-points.ts';

interface WorkflowCardProps {
  readonly row: Schemas['CostPerOutcomeRow'];
  /** What the figures say, in one sentence; null: not known yet. */
  readonly sentence: string | null;
  readonly compared: Schemas['BaselineRow'] | undefined;
  readonly overTime: readonly Schemas['OverTimeRow'][];
  readonly bucket: Bucket;
  readonly href: string;
  readonly filters: Filters;
}

/** One workflow in a glance: what one outcome costs, against what, how that went over time, and how sure it is. */
export function WorkflowCard(props: WorkflowCardProps): ReactNode {
  const { row, compared, overTime, bucket, href } = props;
  const addresses = useAddresses();
  const name = row.group['workflow'] ?? 'No workflow';
  const type = row.group['outcome_type'] ?? null;
  const unit = unitOf(type);
  const points = toPoints(overTime, bucket);
  const baseline = compared?.baseline ?? null;
  const of = {
    filters: props.filters,
    groupBy: ['workflow', 'outcome_type'],
    cell: [row.group['workflow'] ?? null, type],
  };
  return (
    <article className="card">
      <Figures of={of}>
        <header className="card-head">
          <h2>
            <Link href={href}>{name}</Link>
          </h2>
          <Grade grade={row.grade} reasons={row.gradeReasons} />
        </header>
        <Headline row={row} interval={compared?.interval} />
        {compared !== undefined && <Against compared={compared} />}
        {props.sentence !== null && <p className="sentence">{props.sentence}</p>}
        {points.length > 0 && (
          <TimeChart
            label={`${name}: cost per ${unit} by ${bucket}, with people, tools and overhead where they are known`}
            points={points}
            reference={
              baseline === null
                ? null
                : {
                    value: toPosition(baseline.costPerOutcomeUsd),
                    label: `${baseline.name} ${showMoney(baseline.costPerOutcomeUsd)}`,
                  }
            }
          />
        )}
        <CardFigures row={row} interval={compared?.interval} />
        <Coverage coverage={row.coverage} />
        <p className="row">
          <Link href={href}>Where it goes, and where it breaks</Link>
          <Link href={addresses.figure({ ...of, figure: 'cost_per_outcome' })}>Explain this figure</Link>
        </p>
      </Figures>
    </article>
  );
}

function Against({ compared }: { readonly compared: Schemas['BaselineRow'] }): ReactNode {
  const { baseline, decision } = compared;
  const { text, tone } = verdictWords(decision);
  const times = timesWords(compared.priceHeadroom);
  const addresses = useAddresses();
  return (
    <p className={`verdict ${tone}`}>
      <strong>{text}</strong>
      {baseline !== null && (
        <span title={baseline.source}>
          {baseline.name}:{' '}
          <Amount value={baseline.costPerOutcomeUsd} href={addresses.settings('baselines')} />
          {baseline.isAssumed && ' (assumed)'}
          {times !== null && `; its calls could be ${times} times as dear`}
        </span>
      )}
    </p>
  );
}

/** Whether more than calls of models is known of its cost: people, tools, overhead. */
const isLoaded = (row: Schemas['CostPerOutcomeRow']): boolean =>
  row.loadedCostPerOutcomeUsd !== row.costPerOutcomeUsd;

interface CostOfRow {
  readonly row: Schemas['CostPerOutcomeRow'];
  /** Of the cost with people, tools and overhead, where there are any; else of the calls. */
  readonly interval: Schemas['CostInterval'] | null | undefined;
}

function Headline({ row, interval }: CostOfRow): ReactNode {
  return (
    <div>
      <p className="headline">
        <Amount
          value={row.costPerOutcomeUsd}
          isLowerBound={row.bound === 'lower'}
          figure="cost_per_outcome"
        />
      </p>
      <p className="soft">
        per {unitOf(row.group['outcome_type'])}
        {isLoaded(row) ? ', in calls of models alone' : ' '}
        {!isLoaded(row) && <CostInterval of={interval} />}
      </p>
    </div>
  );
}

function CardFigures({ row, interval }: CostOfRow): ReactNode {
  const { failedAttemptCostUsd: failed, noOutcomeCostUsd: nothing, pending } = row;
  const addresses = useAddresses();
  const open = addresses.workItems({ phase: 'open', kind: kindOf(row.group['outcome_type']) });
  return (
    <dl className="facts small">
      <Fact name="Outcomes">
        <Count value={row.outcomes} figure="outcomes" /> of{' '}
        <Count value={row.workItems} figure="work_items" /> items
      </Fact>
      <Fact name="Agents' cost">
        <Amount value={row.costUsd} isLowerBound={row.bound === 'lower'} figure="cost" />
      </Fact>
      <Fact name="Bought nothing">
        <Amount
          value={failed === null || nothing === null ? null : sumDecimals([failed, nothing])}
          figure="bought_nothing"
        />
      </Fact>
      {isLoaded(row) && (
        <Fact name="With people and tools">
          <Amount value={row.loadedCostPerOutcomeUsd} figure="loaded_per_outcome" /> each{' '}
          <CostInterval of={interval} />
        </Fact>
      )}
      {pending !== null && (
        <Fact name="Still open">
          <Count value={pending.items} href={open} />, <Amount value={pending.costUsd} href={open} /> so far
        </Fact>
      )}
    </dl>
  );
}
