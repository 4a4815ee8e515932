import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useReport } from '../../api/use-report.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { PartsBar } from '../../charts/parts-bar.tsx';
import { TimeChart, type TimePoint } from '../../charts/time-chart.tsx';
import { showMoney } from '../../format/money.ts';
import { showCount } from '../../format/number.ts';
import { kindOf, unitOf } from '../../format/outcome-words.ts';
import { Section } from '../../layout/page.tsx';
import { Amount, Count, Coverage } from '../../parts/figure.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import { reportQuery, type Filters } from '../../url/filters.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { toPoints, toReference } from '../overview/to-points.ts';
import { rowOf, rowsOf } from './row-of.ts';
import { verdictWords } from './verdict.ts';
import { Advice } from './advice-list.tsx';
import { ByKindOfCase } from './by-kind-of-case.tsx';
import { Headline, HeadlineGrade, isIncomplete } from './headline.tsx';

export interface PartProps {
  readonly workflow: string;
  readonly type: string | null;
  readonly row: Schemas['CostPerOutcomeRow'];
  readonly filters: Filters;
}

/** What one outcome costs and what that is made of, against the other way to get it. */
export function SummaryPart({ workflow, type, row, filters }: PartProps): ReactNode {
  const query = { ...reportQuery(filters), outcome_type: undefined, group_by: 'workflow,outcome_type' };
  const { data: baselines } = useReport('/v1/reports/baseline', { query });
  const { data: sentences } = useReport('/v1/reports/sentence', { query });
  const { data: overTime } = useReport('/v1/reports/over-time', { query: { ...query, bucket: 'week' } });
  const compared = rowOf(rowsOf(baselines?.rows ?? [], workflow), type);
  const points = toPoints(
    rowsOf(overTime?.rows ?? [], workflow).filter(({ group }) => group['outcome_type'] === type),
    'week',
  );
  const told = rowOf(rowsOf(sentences?.rows ?? [], workflow), type);
  const addresses = useAddresses();
  return (
    <Section
      title={`What one ${unitOf(type)} costs`}
      actions={
        <Link
          href={addresses.figure({
            filters,
            groupBy: ['workflow', 'outcome_type'],
            cell: [workflow === '' ? null : workflow, type],
          })}
        >
          Explain, down to each call
        </Link>
      }
    >
      <ByKindOfCase told={told} />
      <Sentence text={told?.sentence ?? compared?.sentence ?? null} />
      <div className="cards">
        <CostCard type={type} row={row} compared={compared} points={points} />
        <div className="card">
          <Compared compared={compared} row={row} segments={told?.segments ?? []} />
          <Coverage coverage={row.coverage} />
        </div>
      </div>
    </Section>
  );
}

/** Of what is left of something when the cost is taken away: a cost that may be higher leaves less. */
const atMost = ({ bound }: Schemas['CostPerOutcomeRow']): string => (bound === 'lower' ? 'at most ' : '');

const Sentence = ({ text }: { readonly text: string | null }): ReactNode =>
  text === null ? null : <p className="sentence large">{text}</p>;

function CostCard(props: {
  readonly type: string | null;
  readonly row: Schemas['CostPerOutcomeRow'];
  readonly compared: Schemas['BaselineRow'] | undefined;
  readonly points: readonly TimePoint[];
}): ReactNode {
  const { type, row, compared, points } = props;
  const baseline = compared?.baseline ?? null;
  return (
    <div className="card">
      <header className="card-head">
        <Headline row={row} interval={compared?.interval} />
        <HeadlineGrade row={row} />
      </header>
      <p>
        Calls of models: <Amount value={row.costUsd} isLowerBound={row.bound === 'lower'} figure="cost" /> in
        all
      </p>
      <PartsBar
        label={`What the ${showMoney(row.costUsd)} of calls were spent on`}
        parts={[
          {
            name: 'bought an outcome',
            amount: row.directCostUsd,
            figure: 'direct',
            hint: 'Attempts that achieved the outcome',
          },
          {
            name: 'failed attempts',
            amount: row.failedAttemptCostUsd,
            figure: 'failed_attempts',
            hint: 'At items that were achieved',
          },
          {
            name: 'no outcome',
            amount: row.noOutcomeCostUsd,
            figure: 'no_outcome',
            hint: 'Items settled without an outcome',
          },
        ]}
      />
      {points.length > 0 && (
        <TimeChart
          label={`Cost per ${unitOf(type)} by week, with people, tools and overhead where they are known`}
          points={points}
          reference={toReference(baseline)}
        />
      )}
    </div>
  );
}

function Compared(props: {
  readonly compared: Schemas['BaselineRow'] | undefined;
  readonly row: Schemas['CostPerOutcomeRow'];
  readonly segments: Schemas['SentenceRow']['segments'];
}): ReactNode {
  const { compared, row, segments } = props;
  const baseline = compared?.baseline ?? null;
  const addresses = useAddresses();
  const open = addresses.workItems({ phase: 'open', kind: kindOf(row.group['outcome_type']) });
  const verdict =
    compared === undefined
      ? null
      : verdictWords({ ...compared.decision, isIncomplete: isIncomplete(compared) });
  return (
    <>
      {verdict !== null && compared !== undefined && (
        <div className={`verdict ${verdict.tone}`}>
          <strong>{verdict.text}</strong>
          <Advice compared={compared} segments={segments} />
        </div>
      )}
      <dl className="facts small">
        {baseline !== null && (
          <>
            <Fact name={`${baseline.name}, version ${baseline.version}`}>
              <Amount value={baseline.costPerOutcomeUsd} href={addresses.settings('baselines')} />
              {baseline.isAssumed && ' (assumed)'}
            </Fact>
            <Fact name="Where that is from">{baseline.source}</Fact>
          </>
        )}
        {compared?.savingPerOutcomeUsd != null && (
          <Fact name="Less than the baseline by">
            {atMost(row)}
            <Amount value={compared.savingPerOutcomeUsd} href={addresses.settings('baselines')} />
          </Fact>
        )}
        {compared?.priceHeadroom != null && (
          <Fact name="Calls may become dearer">
            {atMost(row)}
            {showCount(Math.floor(Number(compared.priceHeadroom)))} times
          </Fact>
        )}
        <Fact name="Outcomes">
          <Count value={row.outcomes} figure="outcomes" /> of{' '}
          <Count value={row.workItems} figure="work_items" /> items, <Count value={row.attempts} /> attempts
        </Fact>
        {row.pending !== null && (
          <Fact name="Still open">
            <Count value={row.pending.items} href={open} />,{' '}
            <Amount value={row.pending.costUsd} href={open} /> so far
          </Fact>
        )}
        <Fact name="Human minutes">{row.humanMinutes ?? 'none were sent'}</Fact>
      </dl>
    </>
  );
}
