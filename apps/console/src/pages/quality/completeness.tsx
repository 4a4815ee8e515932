import { useMemo, type ReactNode } from 'react';
import { usePages } from '../../api/use-pages.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { shiftDay, showDay, showTime } from '../../format/time.ts';
import { FilterBar } from '../../layout/filter-bar.tsx';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { useFilters } from '../../url/use-filters.ts';

type Control = Schemas['OutcomeControl'];
type Metric = Schemas['MeteredAgainstMetrics']['rows'][number];

/** Whether everything arrived: what sources say they sent beside what is here, and what metrics counted beside calls. */
export function Completeness(): ReactNode {
  return (
    <>
      <Controls />
      <Section
        title="Calls beside metrics"
        lead="Metrics count where spans are sampled away. They are compared with the calls, and never charged."
      >
        <FilterBar views={[]} />
        <Metrics />
      </Section>
    </>
  );
}

function Controls(): ReactNode {
  const pages = usePages('/v1/outcomes/controls', { query: { limit: '200' } });
  return (
    <Section
      title="Control totals"
      lead="What each source says it sent of a type in a period, beside what is held: the check of the denominator."
    >
      <Paged pages={pages} what="control totals">
        {(all) => (
          <DataTable
            caption="Control totals"
            isPaged
            isCaptionHidden
            file="control-totals"
            rows={all.flatMap(({ items }) => items)}
            keyOf={({ source, period, type }) => `${source} ${period} ${type}`}
            columns={CONTROLS}
            empty={
              <Empty title="Nobody states control totals yet">
                <p>
                  Have the business system say how many events it sent:{' '}
                  <code>POST /v1/outcomes/controls</code> with source, period, type and count. Without it
                  nobody knows whether outcomes are missing.
                </p>
              </Empty>
            }
          />
        )}
      </Paged>
    </Section>
  );
}

const CONTROLS: readonly Column<Control>[] = [
  { title: 'Source', cell: ({ source }) => source, csv: ({ source }) => source },
  { title: 'Period', cell: ({ period }) => showDay(period), csv: ({ period }) => period },
  { title: 'Event', cell: ({ type }) => type, csv: ({ type }) => type },
  { title: 'Sent, it says', align: 'end', cell: ({ count }) => showCount(count), csv: ({ count }) => count },
  { title: 'Held', align: 'end', cell: ({ held }) => showCount(held.count), csv: ({ held }) => held.count },
  {
    title: 'Held less sent',
    align: 'end',
    cell: ({ difference }) => difference.count,
    csv: ({ difference }) => difference.count,
  },
  {
    title: 'What to do',
    cell: ({ matches, difference }) =>
      matches ? (
        <span className="mark good">matches</span>
      ) : (
        <>
          <span className="mark bad">differs</span>{' '}
          {difference.count < 0
            ? 'send what is missing again: events count once'
            : difference.count > 0
              ? 'ask the source for its newest total'
              : 'the values differ: compare them event by event'}
        </>
      ),
    csv: ({ matches }) => (matches ? 'matches' : 'differs'),
  },
  { title: 'Stated', cell: ({ recordedAt }) => showTime(recordedAt), csv: ({ recordedAt }) => recordedAt },
];

function Metrics(): ReactNode {
  const [filters] = useFilters();
  const question = useMemo(() => {
    const to = filters.to ?? shiftDay(new Date().toISOString().slice(0, 10), 1);
    return { query: { from: filters.from ?? shiftDay(to, -30), to, limit: '200' } };
  }, [filters.from, filters.to]);
  const pages = usePages('/v1/reports/metered-against-metrics', question);
  return (
    <Paged pages={pages} what="metrics">
      {(all) => (
        <DataTable
          caption={`Metrics from ${showDay(question.query.from)} until before ${showDay(question.query.to)}`}
          isPaged
          file="metered-against-metrics"
          rows={all.flatMap(({ rows }) => rows)}
          keyOf={({ day, service, model, metric, tokenClass }) =>
            `${day} ${service} ${model} ${metric} ${tokenClass}`
          }
          columns={METRICS}
          empty={
            <Empty title="No metrics in these days">
              Send OTLP metrics of the agents (<code>gen_ai.client.token.usage</code>) to the same endpoint,
              and the share of calls that traces miss shows here.
            </Empty>
          }
        />
      )}
    </Paged>
  );
}

const METRICS: readonly Column<Metric>[] = [
  { title: 'Day', cell: ({ day }) => showDay(day), csv: ({ day }) => day },
  { title: 'Service', cell: ({ service }) => service, csv: ({ service }) => service },
  { title: 'Model', cell: ({ model }) => model, csv: ({ model }) => model },
  {
    title: 'Class',
    cell: ({ tokenClass }) => tokenClass.replaceAll('_', ' '),
    csv: ({ tokenClass }) => tokenClass,
  },
  { title: 'Unit', cell: ({ unit }) => unit, csv: ({ unit }) => unit },
  {
    title: 'Metrics',
    align: 'end',
    cell: ({ metricTotal }) => metricTotal ?? 'unknown',
    csv: ({ metricTotal }) => metricTotal,
  },
  {
    title: 'Calls',
    align: 'end',
    cell: ({ callsTotal }) => callsTotal ?? 'unknown',
    csv: ({ callsTotal }) => callsTotal,
  },
  {
    title: 'Difference',
    align: 'end',
    cell: ({ difference }) => difference ?? 'unknown',
    csv: ({ difference }) => difference,
  },
];
