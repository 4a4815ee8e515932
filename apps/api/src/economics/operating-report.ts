import {
  differenceInDifferences,
  interruptedSeries,
  operatingMetrics,
  type OperatingMetrics,
} from '#economics';
import { RejectedInput } from '#model';
import { readItemLives, type Client, type ItemLifeRow } from '#store';
import { z } from 'zod';
import type { AskedReport, ReportContext } from '../reports/ask-report.ts';
import { BEGINNING, Day, END, ReportQuery } from '../reports/report-query.ts';
import { Ratio } from '../wire.ts';
import { economicsReport, economicsReportSchema, OutcomeHead } from './economics-report.ts';
import { decimalText } from './interval-view.ts';

const MOST_ITEMS = 500_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

export const OperatingQuery = ReportQuery.omit({ view: true, currency: true }).extend({
  change_at: Day.meta({ description: 'UTC day from which on the change holds' }),
  comparison: z.string().max(256).optional().meta({
    description:
      'Value of the first key of group_by whose items the change did not touch, in the same period',
  }),
});

const Share = Ratio.nullable();
const MetricsView = z.object({
  items: z.int(),
  outcomes: z.int(),
  itemsPerDay: Share,
  touchlessShare: Share.meta({ description: 'Achieved without a minute of a person' }),
  firstTimeRightShare: Share.meta({ description: 'Achieved at the first attempt, never reopened' }),
  reopenedShare: Share,
  cycleDaysP50: Share.meta({ description: 'First attempt to final state, nearest rank' }),
  cycleDaysP90: Share,
  humanMinutesPerItem: Share,
  inWork: z.int().meta({ description: 'Begun and not final when the period ended' }),
});
type Metrics = z.infer<typeof MetricsView>;

const COMPARED = [
  'touchlessShare',
  'firstTimeRightShare',
  'reopenedShare',
  'cycleDaysP50',
  'humanMinutesPerItem',
] as const;
const EffectView = z.object({ estimate: Ratio, low: Ratio, high: Ratio, pValue: Ratio });
const OperatingFigures = z.object({
  before: MetricsView.nullable(),
  after: MetricsView.nullable(),
  changes: z
    .array(
      z.object({
        metric: z.enum(COMPARED),
        difference: Ratio,
        beyondComparison: Share.meta({
          description: 'Difference in differences; null: no comparison, or it has no such figure',
        }),
      }),
    )
    .meta({ description: 'After less before' }),
  cycleSeries: z.object({ level: EffectView, slopePerWeek: EffectView }).nullable().meta({
    description:
      'Interrupted series of the weekly mean cycle in days (Newey-West); null: fewer than six weeks with items on a side',
  }),
  minutesReleasedPerItem: Share.meta({
    description:
      'Capacity released, no cash: cash is what falls on an invoice, an overtime or a payroll line',
  }),
});
export const OperatingRow = z
  .object({ ...OutcomeHead.shape, ...OperatingFigures.shape })
  .meta({ id: 'OperatingModelRow' });
export const OperatingReport = economicsReportSchema('operating-model', OperatingRow).meta({
  id: 'OperatingModelReport',
});
export type OperatingReport = z.infer<typeof OperatingReport>;

/** How the work went before and after a day, against work that the change did not touch (methods.md 7.5). */
export const operatingReport = (
  client: Client,
  { change_at: changeAt, comparison, ...query }: z.infer<typeof OperatingQuery>,
  context: ReportContext,
): Promise<OperatingReport> =>
  economicsReport(client, { ...query, view: 'settled' }, context, {
    name: 'operating-model',
    formula:
      'methods 7.5: before and after by final state; difference in differences; interrupted series with Newey-West',
    read: async ({ asked, population }) => {
      if (comparison !== undefined && asked.groupBy.length === 0)
        throw new RejectedInput(
          'unprocessable',
          'needs group_by, of whose first key it is a value',
          'comparison',
        );
      const items = await readItemLives(client, context.tenantId, population, MOST_ITEMS + 1);
      if (items.length > MOST_ITEMS)
        throw new RejectedInput(
          'unprocessable',
          `more than ${MOST_ITEMS} items: ask for a shorter period`,
          'from',
        );
      const change = new Change(changeAt, items, asked.range);
      const other =
        comparison === undefined ? null : change.sides(items.filter(({ group }) => group[0] === comparison));
      return (group) => {
        const key = JSON.stringify(group);
        const own =
          group === null ? distinct(items) : items.filter((item) => JSON.stringify(item.group) === key);
        const isOther = comparison !== undefined && group?.[0] === comparison;
        return figuresOf(change, own, isOther ? null : other);
      };
    },
  });

interface Sides {
  readonly before: Metrics | null;
  readonly after: Metrics | null;
}

function figuresOf(
  change: Change,
  items: readonly ItemLifeRow[],
  other: Sides | null,
): z.infer<typeof OperatingFigures> {
  const { before, after } = change.sides(items);
  const changes = COMPARED.flatMap((metric) => {
    const treated = pairOf({ before, after }, metric);
    if (treated === null) return [];
    const beside = other === null ? null : pairOf(other, metric);
    return [
      {
        metric,
        difference: decimalText(treated.after - treated.before),
        beyondComparison: beside === null ? null : decimalText(differenceInDifferences(treated, beside)),
      },
    ];
  });
  const minutes = changes.find(({ metric }) => metric === 'humanMinutesPerItem');
  return {
    before,
    after,
    changes,
    cycleSeries: change.cycleSeries(items),
    minutesReleasedPerItem: minutes === undefined ? null : decimalText(-Number(minutes.difference)),
  };
}

function pairOf({ before, after }: Sides, metric: (typeof COMPARED)[number]) {
  const [from, to] = [before?.[metric] ?? null, after?.[metric] ?? null];
  return from === null || to === null ? null : { before: Number(from), after: Number(to) };
}

/** An item in several groups is one item of the total. */
function distinct(items: readonly ItemLifeRow[]): ItemLifeRow[] {
  const byRef = new Map<string, ItemLifeRow>();
  for (const item of items) {
    const known = byRef.get(item.ref);
    byRef.set(item.ref, known === undefined ? item : { ...known, attempts: known.attempts + item.attempts });
  }
  return [...byRef.values()];
}

/** A change at a day, and what is read of items before and after it. */
class Change {
  private readonly atUs: bigint;
  private readonly fromUs: bigint;
  private readonly toUs: bigint;

  /** Without a first day the period begins with the first final state; without a last one it ends now. */
  constructor(
    changeAt: string,
    items: readonly ItemLifeRow[],
    { fromDay, toDay, nowUs }: AskedReport['range'],
  ) {
    this.atUs = microsOf(changeAt);
    const finals = items.flatMap(({ isSettled, finalAtUs }) =>
      isSettled && finalAtUs !== null ? [finalAtUs] : [],
    );
    this.fromUs =
      fromDay === BEGINNING
        ? finals.reduce((least, each) => (each < least ? each : least), this.atUs)
        : microsOf(fromDay);
    this.toUs = toDay === END || microsOf(toDay) > nowUs ? nowUs : microsOf(toDay);
  }

  sides(items: readonly ItemLifeRow[]): Sides {
    return {
      before: this.metricsOf(
        items,
        ({ finalAtUs }) => finalAtUs! < this.atUs,
        this.atUs,
        this.atUs - this.fromUs,
      ),
      after: this.metricsOf(
        items,
        ({ finalAtUs }) => finalAtUs! >= this.atUs,
        this.toUs,
        this.toUs - this.atUs,
      ),
    };
  }

  /** Mean cycle of the items that became final in each whole week before and after the change. */
  cycleSeries(items: readonly ItemLifeRow[]): z.infer<typeof OperatingFigures>['cycleSeries'] {
    const weeks = new Map<number, number[]>();
    for (const item of items) {
      const cycleMs = cycleOf(item);
      if (!item.isSettled || cycleMs === null) continue;
      const week = Math.floor(Number((item.finalAtUs! - this.atUs) / 1000n) / WEEK_MS);
      const list = weeks.get(week);
      if (list) list.push(cycleMs);
      else weeks.set(week, [cycleMs]);
    }
    const numbers = [...weeks.keys()].sort((a, b) => a - b);
    const isWhole = numbers.every((week, index) => index === 0 || week === numbers[index - 1]! + 1);
    const means = numbers.map((week) => {
      const cycles = weeks.get(week)!;
      return cycles.reduce((sum, each) => sum + each, 0) / cycles.length / DAY_MS;
    });
    const series = isWhole ? interruptedSeries(means, numbers.filter((week) => week < 0).length) : null;
    return series && { level: effectView(series.level), slopePerWeek: effectView(series.slope) };
  }

  private metricsOf(
    items: readonly ItemLifeRow[],
    isIn: (item: ItemLifeRow) => boolean,
    endUs: bigint,
    lengthUs: bigint,
  ): Metrics | null {
    const finished = items.filter((item) => item.isSettled && item.finalAtUs !== null && isIn(item));
    if (finished.length === 0) return null;
    const metrics = operatingMetrics(
      finished.map((item) => ({
        isAchieved: item.phase === 'achieved',
        attempts: item.attempts,
        generation: item.generation,
        cycleMs: cycleOf(item),
        humanMs: item.humanMs,
      })),
    );
    const inWork = items.filter(
      ({ firstAttemptAtUs, finalAtUs }) =>
        firstAttemptAtUs !== null && firstAttemptAtUs < endUs && (finalAtUs === null || finalAtUs >= endUs),
    ).length;
    return metricsView(metrics, Number(lengthUs / 1000n) / DAY_MS, inWork);
  }
}

const microsOf = (day: string): bigint => BigInt(Date.parse(day)) * 1000n;

const cycleOf = ({ firstAttemptAtUs, finalAtUs }: ItemLifeRow): number | null =>
  firstAttemptAtUs === null || finalAtUs === null || finalAtUs < firstAttemptAtUs
    ? null
    : Number((finalAtUs - firstAttemptAtUs) / 1000n);

function metricsView(metrics: OperatingMetrics, days: number, inWork: number): Metrics {
  const share = (value: number | null): string | null => (value === null ? null : decimalText(value));
  const inDays = (ms: number | null): string | null => (ms === null ? null : decimalText(ms / DAY_MS));
  return {
    items: metrics.items,
    outcomes: metrics.outcomes,
    itemsPerDay: days > 0 ? decimalText(metrics.items / days) : null,
    touchlessShare: share(metrics.touchlessShare),
    firstTimeRightShare: share(metrics.firstTimeRightShare),
    reopenedShare: share(metrics.reopenedShare),
    cycleDaysP50: inDays(metrics.cycleMsP50),
    cycleDaysP90: inDays(metrics.cycleMsP90),
    humanMinutesPerItem: share(metrics.humanMinutesPerItem),
    inWork,
  };
}

const effectView = ({
  estimate,
  interval,
  pValue,
}: {
  readonly estimate: number;
  readonly interval: { readonly low: number; readonly high: number };
  readonly pValue: number;
}): z.infer<typeof EffectView> => ({
  estimate: decimalText(estimate),
  low: decimalText(interval.low),
  high: decimalText(interval.high),
  pValue: decimalText(pValue),
});
