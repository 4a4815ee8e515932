import { applyCorrections, foldWorkItem, Rules } from '#attribution';
import { nowcastOutcomes, type ItemState, type MatureItem, type YoungItem } from '#economics';
import { RejectedInput, type Ref } from '#model';
import {
  readItemLives,
  readPopulationEvents,
  readSettings,
  type Client,
  type CostPerOutcomeQuery,
  type ItemLifeRow,
  type PopulationEvent,
} from '#store';
import { z } from 'zod';
import type { AskedReport, ReportContext } from '../reports/ask-report.ts';
import type { RowGroup } from '../reports/finish-report.ts';
import { BEGINNING, Day, ReportQuery } from '../reports/report-query.ts';
import { Ratio } from '../wire.ts';
import { economicsReport, economicsReportSchema, knownShareOf, OutcomeHead } from './economics-report.ts';
import { decimalText } from './interval-view.ts';

const MOST_ITEMS = 100_000;
/** A cohort that is compared with may have this part of its items open still: they are left out, and counted. */
const MOST_OPEN = 0.1;
const HOUR_MS = 3_600_000;
const OF_TIME = ['day', 'week', 'month'];

export const MaturityQuery = ReportQuery.omit({ view: true, currency: true }).extend({
  from: Day.meta({ description: 'First UTC day of the young cohort, by first attempts' }),
  mature_from: Day.optional().meta({
    description:
      'First UTC day of the older cohort that it is compared with, which ends at `from`; absent = all before',
  }),
  clock: z
    .enum(['recorded', 'business'])
    .default('recorded')
    .meta({
      description:
        'recorded: what was known at an age is what had been received by then; business: what had happened, for histories ' +
        'that were imported',
    }),
});

const MaturityFigures = z.object({
  maturity: Ratio.nullable().meta({ description: 'Share of the items of the cohort whose state is final' }),
  nowcast: z
    .object({
      seen: z.int().meta({ description: 'Achieved as known today' }),
      expected: Ratio.meta({ description: 'When all are final, reversals taken off' }),
      standardDeviation: Ratio,
      low: Ratio,
      high: Ratio,
      known: Ratio.meta({ description: 'F: the part of the expected outcomes that stands today' }),
    })
    .nullable(),
  withheld: z
    .enum(['no_older_items', 'older_items_open', 'too_little_known', 'total'])
    .nullable()
    .meta({
      description:
        'Why no nowcast is told: nothing older to compare with; more than a tenth of it is open still; less than half of ' +
        'the outcomes is known, or some item has no like; the total over groups has none',
    }),
  older: z.object({ items: z.int(), open: z.int() }).meta({ description: 'Items of the older cohort' }),
});
export const MaturityRow = z
  .object({ ...OutcomeHead.shape, ...MaturityFigures.shape })
  .meta({ id: 'MaturityRow' });
export const MaturityReport = economicsReportSchema('maturity', MaturityRow).meta({ id: 'MaturityReport' });
export type MaturityReport = z.infer<typeof MaturityReport>;

/** How far a young cohort is known, and how many outcomes it will have when it is final (methods.md 1.6). */
export const maturityReport = (
  client: Client,
  { clock, mature_from: matureFrom = BEGINNING, ...query }: z.infer<typeof MaturityQuery>,
  context: ReportContext,
): Promise<MaturityReport> => {
  if (matureFrom >= query.from)
    throw new RejectedInput('unprocessable', 'must be before from', 'mature_from');
  return economicsReport(client, { ...query, view: 'cohort' }, context, {
    name: 'maturity',
    formula:
      'methods 1.6 (corrected): outcomes of older items that stood alike at the same age, with the error of F',
    read: async ({ asked, population }) => {
      const { tenantId } = context;
      const young = await readCohort(client, tenantId, { ...population, groupBy: asked.groupBy }, clock);
      const older = await readCohort(
        client,
        tenantId,
        {
          ...population,
          fromDay: matureFrom,
          toDay: query.from,
          groupBy: asked.groupBy.filter(({ name }) => !OF_TIME.includes(name)),
        },
        clock,
      );
      return (group, head) => figuresOf(group, head, { young, older, asked });
    },
  });
};

interface Life {
  readonly isSettled: boolean;
  readonly ageMs: number;
  readonly changes: MatureItem['changes'];
}
type Cohort = ReadonlyMap<string, readonly Life[]>;

function figuresOf(
  group: RowGroup,
  head: OutcomeHead,
  { young, older, asked }: { readonly young: Cohort; readonly older: Cohort; readonly asked: AskedReport },
): z.infer<typeof MaturityFigures> {
  const maturity = head.workItems + (head.pending?.items ?? 0) === 0 ? null : decimalText(knownShareOf(head));
  const withhold = (
    withheld: z.infer<typeof MaturityFigures>['withheld'],
    items = 0,
    open = 0,
  ): z.infer<typeof MaturityFigures> => ({ maturity, nowcast: null, withheld, older: { items, open } });
  if (group === null && asked.groupBy.length > 0) return withhold('total');
  const values = (group ?? []).filter((_, index) => !OF_TIME.includes(asked.groupBy[index]!.name));
  const alike = older.get(JSON.stringify(values)) ?? [];
  const open = alike.filter(({ isSettled }) => !isSettled).length;
  if (alike.length === 0) return withhold('no_older_items');
  if (open > alike.length * MOST_OPEN) return withhold('older_items_open', alike.length, open);
  const cohort = (young.get(JSON.stringify(group ?? [])) ?? []).map(toYoung);
  const nowcast = nowcastOutcomes(
    cohort,
    alike.filter(({ isSettled }) => isSettled),
  );
  if (nowcast === null) return withhold('too_little_known', alike.length, open);
  return {
    maturity,
    nowcast: {
      seen: nowcast.seen,
      expected: decimalText(nowcast.expected),
      standardDeviation: decimalText(nowcast.standardDeviation),
      low: decimalText(nowcast.low),
      high: decimalText(nowcast.high),
      known: decimalText(nowcast.known),
    },
    withheld: null,
    older: { items: alike.length, open },
  };
}

/** Ages are told in whole hours, so that items of one hour are compared once. */
const toYoung = ({ ageMs, changes }: Life): YoungItem => ({
  ageMs: Math.ceil(ageMs / HOUR_MS) * HOUR_MS,
  state: changes.at(-1)?.state ?? 'open',
});

async function readCohort(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  clock: 'recorded' | 'business',
): Promise<Cohort> {
  const { size } = query;
  const items = await readItemLives(client, tenantId, query, MOST_ITEMS + 1);
  if (items.length > MOST_ITEMS)
    throw new RejectedInput(
      'unprocessable',
      `more than ${MOST_ITEMS} items: ask for shorter periods`,
      'from',
    );
  const rules = new Rules(
    await readSettings(client, tenantId, 'definitions', size),
    await readSettings(client, tenantId, 'policies', size),
    await readSettings(client, tenantId, 'key_mappings', size),
  );
  const events = new Map<Ref, PopulationEvent[]>();
  for (const event of await readPopulationEvents(client, tenantId, query, 'all')) {
    const list = events.get(event.ref);
    if (list) list.push(event);
    else events.set(event.ref, [event]);
  }
  const cohort = new Map<string, Life[]>();
  for (const item of items) {
    const key = JSON.stringify(item.group);
    const life = lifeOf(item, events.get(item.ref) ?? [], { rules, clock, nowUs: query.nowUs });
    const list = cohort.get(key);
    if (list) list.push(life);
    else cohort.set(key, [life]);
  }
  return cohort;
}

/** The states of an item by age, each as the events known by then had it. */
function lifeOf(
  { ref, isSettled, firstAttemptAtUs }: ItemLifeRow,
  events: readonly PopulationEvent[],
  {
    rules,
    clock,
    nowUs,
  }: { readonly rules: Rules; readonly clock: 'recorded' | 'business'; readonly nowUs: bigint },
): Life {
  const beganAtUs = firstAttemptAtUs ?? nowUs;
  const timeOf = (event: PopulationEvent): bigint =>
    clock === 'recorded' ? event.receivedAtUs : event.occurredAtUs;
  const ageAt = (atUs: bigint): number => Math.max(0, Number((atUs - beganAtUs) / 1000n));
  const inTime = [...events].sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
  const changes: { ageMs: number; state: ItemState }[] = [];
  for (const [index, event] of inTime.entries()) {
    const next = inTime[index + 1];
    if (next !== undefined && timeOf(next) === timeOf(event)) continue;
    const state = stateOf(ref, inTime.slice(0, index + 1), rules);
    if (state !== (changes.at(-1)?.state ?? 'open')) changes.push({ ageMs: ageAt(timeOf(event)), state });
  }
  return { isSettled, ageMs: ageAt(nowUs), changes };
}

function stateOf(ref: Ref, known: readonly PopulationEvent[], rules: Rules): ItemState {
  const read = known.flatMap((event) => {
    const { effect } = rules.readVerb(event.kind, event.verb, event.occurredAtUs, event.source);
    return effect === null ? [] : [{ ...event, effect }];
  });
  const { standing } = applyCorrections(read, ({ effect }) => effect);
  const kind = ref.slice(0, ref.indexOf(':'));
  const { phase } = foldWorkItem(standing, {
    work: [],
    definitionAt: (atUs) => rules.definition(kind, atUs),
  });
  return phase === 'open' ? 'open' : phase === 'achieved' ? 'achieved' : 'closed';
}
