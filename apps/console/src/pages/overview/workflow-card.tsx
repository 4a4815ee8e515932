import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { sumDecimals, toPosition } from '../../format/decimal.ts';
import { showMoney } from '../../format/money.ts';
import { showCount } from '../../format/number.ts';
import { unitOf } from '../../format/outcome-words.ts';
import { Amount, Coverage, Grade, Interval } from '../../parts/figure.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import type { Filters } from '../../url/filters.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { timesWords, verdictWords } from '../workflow/verdict.ts';
import { toPoints, type Bucket } from './to-points.ts';

interface WorkflowCardProps {
  readonly row: Schemas['CostPerOutcomeRow'];
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
  return (
    <article className="card">
      <header className="card-head">
        <h2>
          <Link href={href}>{name}</Link>
        </h2>
        <Grade grade={row.grade} reasons={row.gradeReasons} />
      </header>
      <div>
        <p className="headline">
          <Amount value={row.costPerOutcomeUsd} isLowerBound={row.bound === 'lower'} />
        </p>
        <p className="soft">
          per {unit}
          {compared?.interval != null && (
            <>
              {' · '}
              <Interval low={compared.interval.lowUsd} high={compared.interval.highUsd} />
            </>
          )}
        </p>
      </div>
      {compared !== undefined && <Against compared={compared} />}
      {compared?.sentence != null && <p className="sentence">{compared.sentence}</p>}
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
      <Figures row={row} />
      <Coverage coverage={row.coverage} />
      <p className="row">
        <Link href={href}>Where it goes, and where it breaks</Link>
        <Link
          href={addresses.figure({
            filters: props.filters,
            groupBy: ['workflow', 'outcome_type'],
            cell: [row.group['workflow'] ?? null, type],
          })}
        >
          Explain this figure
        </Link>
      </p>
    </article>
  );
}

function Against({ compared }: { readonly compared: Schemas['BaselineRow'] }): ReactNode {
  const { baseline, decision } = compared;
  const { text, tone } = verdictWords(decision);
  const times = timesWords(compared.priceHeadroom);
  return (
    <p className={`verdict ${tone}`}>
      <strong>{text}</strong>
      {baseline !== null && (
        <span title={baseline.source}>
          {baseline.name}: <Amount value={baseline.costPerOutcomeUsd} />
          {baseline.isAssumed && ' (assumed)'}
          {times !== null && `, ${times} times the agent's cost`}
        </span>
      )}
    </p>
  );
}

function Figures({ row }: { readonly row: Schemas['CostPerOutcomeRow'] }): ReactNode {
  const { failedAttemptCostUsd: failed, noOutcomeCostUsd: nothing, pending } = row;
  const hasLoad = row.loadedCostPerOutcomeUsd !== row.costPerOutcomeUsd;
  return (
    <dl className="facts small">
      <Fact name="Outcomes">
        {showCount(row.outcomes)} of {showCount(row.workItems)} items
      </Fact>
      <Fact name="Agents' cost">
        <Amount value={row.costUsd} isLowerBound={row.bound === 'lower'} />
      </Fact>
      <Fact name="Bought nothing">
        <Amount value={failed === null || nothing === null ? null : sumDecimals([failed, nothing])} />
      </Fact>
      {hasLoad && (
        <Fact name="With people and tools">
          <Amount value={row.loadedCostPerOutcomeUsd} /> each
        </Fact>
      )}
      {pending !== null && (
        <Fact name="Still open">
          {showCount(pending.items)}, <Amount value={pending.costUsd} /> so far
        </Fact>
      )}
    </dl>
  );
}
