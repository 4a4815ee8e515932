import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/wire-types.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { sumDecimals } from '../../format/decimal.ts';
import { kindOf, unitOf } from '../../format/outcome-words.ts';
import { Amount, Count, Coverage } from '../../parts/figure.tsx';
import { Figures } from '../../parts/figure-links.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import type { Filters } from '../../url/filters.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { Advice } from '../workflow/advice-list.tsx';
import { ByKindOfCase } from '../workflow/by-kind-of-case.tsx';
import { Headline, HeadlineGrade, headlineFigure, isIncomplete } from '../workflow/headline.tsx';
import { timesWords, verdictWords } from '../workflow/verdict.ts';
import { toPoints, toReference, type Bucket } from './to-points.ts';

interface WorkflowCardProps {
  readonly row: Schemas['CostPerOutcomeRow'];
  /** What the figures say, in one sentence, and the segments that differ. */
  readonly told: Schemas['SentenceRow'] | undefined;
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
          <HeadlineGrade row={row} />
        </header>
        <Headline row={row} interval={compared?.interval} />
        {compared !== undefined && <Against compared={compared} segments={props.told?.segments ?? []} />}
        {props.told?.sentence != null && (
          <div>
            <ByKindOfCase told={props.told} />
            <p className="sentence">{props.told.sentence}</p>
          </div>
        )}
        {points.length > 0 && (
          <TimeChart
            label={`${name}: cost per ${unit} by ${bucket}, with people, tools and overhead where they are known`}
            points={points}
            reference={toReference(baseline)}
          />
        )}
        <CardFigures row={row} />
        <Coverage coverage={row.coverage} />
        <p className="row">
          <Link href={href}>Where it goes, and where it breaks</Link>
          <Link
            href={addresses.figure({
              ...of,
              figure: headlineFigure(row),
            })}
          >
            Explain this figure
          </Link>
        </p>
      </Figures>
    </article>
  );
}

function Against(props: {
  readonly compared: Schemas['BaselineRow'];
  readonly segments: Schemas['SentenceRow']['segments'];
}): ReactNode {
  const { compared, segments } = props;
  const { baseline, decision } = compared;
  const { text, tone } = verdictWords({ ...decision, isIncomplete: isIncomplete(compared) });
  const times = timesWords(compared.priceHeadroom);
  const addresses = useAddresses();
  return (
    <div className={`verdict ${tone}`}>
      <strong>{text}</strong>
      {baseline !== null && (
        <span title={baseline.source}>
          {baseline.name}:{' '}
          <Amount value={baseline.costPerOutcomeUsd} href={addresses.settings('baselines')} />
          {baseline.isAssumed && ' (assumed)'}
          {times !== null &&
            `; its calls could become ${isIncomplete(compared) ? 'at most ' : ''}${times} times as dear until it costs as much`}
        </span>
      )}
      <Advice compared={compared} segments={segments} />
    </div>
  );
}

function CardFigures({ row }: { readonly row: Schemas['CostPerOutcomeRow'] }): ReactNode {
  const { failedAttemptCostUsd: failed, noOutcomeCostUsd: nothing, pending } = row;
  const addresses = useAddresses();
  const open = addresses.workItems({ phase: 'open', kind: kindOf(row.group['outcome_type']) });
  return (
    <dl className="facts small">
      <Fact name="Outcomes">
        <Count value={row.outcomes} figure="outcomes" /> of{' '}
        <Count value={row.workItems} figure="work_items" /> items
      </Fact>
      <Fact name="Calls of models">
        <Amount value={row.costUsd} isLowerBound={row.bound === 'lower'} figure="cost" /> in all
      </Fact>
      <Fact name="Calls that bought nothing">
        <Amount
          value={failed === null || nothing === null ? null : sumDecimals([failed, nothing])}
          figure="bought_nothing"
        />
      </Fact>
      {pending !== null && (
        <Fact name="Still open">
          <Count value={pending.items} href={open} />, <Amount value={pending.costUsd} href={open} /> so far
        </Fact>
      )}
    </dl>
  );
}
