import { createHash } from 'node:crypto';
import { addEffects, splitCostChange, type ChangeEffects } from '#economics';
import { canonicalJson } from '#evidence';
import { RejectedInput } from '#model';
import {
  readCostPerOutcome,
  readGroupTokens,
  type Client,
  type CostPerOutcomeQuery,
  type CostPerOutcomeRow,
} from '#store';
import { z } from 'zod';
import { askReport, questionOf, type AskedReport, type ReportContext } from '../reports/ask-report.ts';
import { mustBeOfOneType } from '../reports/one-outcome-type.ts';
import { pageOfRows } from '../reports/report-page.ts';
import { Day, ReportQuery } from '../reports/report-query.ts';
import { tieReport } from '../reports/tie-report.ts';
import { byGroup } from './economics-report.ts';
import { intervalView } from './interval-view.ts';
import { moversRow, NOTHING_SPENT, type MoversReport, type MoversSide } from './movers-row.ts';

export const MoversQuery = ReportQuery.omit({ currency: true }).extend({
  from: Day.meta({ description: 'First UTC day of the later period' }),
  to: Day.meta({ description: 'UTC day after its last one' }),
  before_from: Day.meta({ description: 'First UTC day of the period it is held against' }),
  before_to: Day.optional().meta({ description: 'UTC day after its last one; absent = `from`' }),
  tokens: z.enum(['true', 'false']).default('false').meta({
    description: 'true: tells tokens per call from cost per token; it reads every call of both periods',
  }),
});

/** What moved the cost between two periods, exactly (methods.md 6.5, 9.3). */
export async function moversReport(
  client: Client,
  query: z.infer<typeof MoversQuery>,
  context: ReportContext,
): Promise<MoversReport> {
  const { view } = query;
  if (view === 'period')
    throw new RejectedInput(
      'unprocessable',
      'period has charges and no items: take settled or cohort',
      'view',
    );
  const { before_from: beforeFrom, before_to: beforeTo = query.from, tokens, ...asIs } = query;
  if (beforeFrom >= beforeTo)
    throw new RejectedInput('unprocessable', 'must be after before_from', 'before_to');
  const asked = await askReport(client, asIs, context);
  const earlier: AskedReport = {
    ...asked,
    query: { ...asked.query, from: beforeFrom, to: beforeTo },
    range: { ...asked.range, fromDay: beforeFrom, toDay: beforeTo },
  };
  const sides = {
    before: await readSide(
      client,
      context.tenantId,
      { ...earlier.range, view, groupBy: asked.groupBy },
      tokens,
    ),
    after: await readSide(client, context.tenantId, { ...asked.range, view, groupBy: asked.groupBy }, tokens),
  };
  const told = tellGroups(sides);
  const effects = addEffects(told.map((each) => each.effects));
  const total = moversRow(
    null,
    asked.groupBy,
    { before: sides.before.total, after: sides.after.total },
    effects,
  );
  const rows = told
    .sort((a, b) => byChange(a, b) || (a.key < b.key ? -1 : 1))
    .map(({ key, before, after, effects: own }) =>
      moversRow(valuesOf(key), asked.groupBy, { before, after }, own),
    );
  const question = { ...questionOf(asked), before_from: beforeFrom, before_to: beforeTo, tokens };
  const page = pageOfRows(rows, asked, context.pageSize);
  const digest = createHash('sha256')
    .update(canonicalJson({ query: question, rows, total }))
    .digest('hex');
  const tieOf = async (side: AskedReport, totalPico: bigint) => ({
    ...(await tieReport(client, side, context, totalPico)).tieOut,
    query: question,
    digest,
  });
  return {
    report: 'movers',
    view,
    formula: 'methods 6.5: LMDI-I; 9.3: volume and unit cost; rounded so that the parts sum to the change',
    rows: page.rows,
    total,
    additive: rows.reduce((sum, row) => sum + row.workItems, 0) === total.workItems,
    next: page.next,
    tieOut: await tieOf(asked, sides.after.total.spend.costPico),
    tieOutBefore: await tieOf(earlier, sides.before.total.spend.costPico),
  };
}

interface Period {
  readonly total: MoversSide;
  /** By the text of the group; ungrouped, the total alone. */
  readonly groups: ReadonlyMap<string, MoversSide>;
}

async function readSide(
  client: Client,
  tenantId: bigint,
  query: CostPerOutcomeQuery,
  tokens: 'true' | 'false',
): Promise<Period> {
  const [whole, ...rows] = await readCostPerOutcome(client, tenantId, query, true);
  if (whole === undefined) throw new Error('the report has no total');
  mustBeOfOneType(whole, query);
  const told = tokens === 'true' ? byGroup(await readGroupTokens(client, tenantId, query)) : new Map();
  const sideOf = (row: CostPerOutcomeRow, known: bigint | null): MoversSide => {
    const isComplete = row.unpricedCalls + row.callsWithoutUsage === 0n && !row.hasOtherAssets;
    const { workItems: items, attempts, calls, costPico } = row;
    return {
      row,
      spend: { items, attempts, calls, tokens: known, costPico },
      interval: row.moments && intervalView(row.moments.calls, isComplete),
    };
  };
  const tokensOf = (key: string, calls: bigint): bigint | null => {
    const known = told.get(key);
    if (tokens === 'false' || (known === undefined && calls > 0n)) return null;
    return known === undefined ? 0n : known.callsWithoutTokens > 0n ? null : known.tokens;
  };
  const groups = rows.map((row): [string, MoversSide] => {
    const key = JSON.stringify(row.group);
    return [key, sideOf(row, tokensOf(key, row.calls))];
  });
  if (query.groupBy.length === 0) {
    const total = sideOf(whole, tokensOf('[]', whole.calls));
    return { total, groups: new Map([['null', total]]) };
  }
  const known = groups.map(([, { spend }]) => spend.tokens);
  const all = known.includes(null) ? null : known.reduce<bigint>((sum, each) => sum + (each ?? 0n), 0n);
  return { total: sideOf(whole, all), groups: new Map(groups) };
}

interface ToldGroup {
  readonly key: string;
  readonly before: MoversSide | undefined;
  readonly after: MoversSide | undefined;
  readonly changePico: bigint;
  readonly effects: ChangeEffects;
}

function tellGroups({ before, after }: { readonly before: Period; readonly after: Period }): ToldGroup[] {
  const items = { before: itemsOf(before), after: itemsOf(after) };
  return [...new Set([...before.groups.keys(), ...after.groups.keys()])].map((key) => {
    const [from, to] = [before.groups.get(key), after.groups.get(key)];
    const [first, last] = [from?.spend ?? NOTHING_SPENT, to?.spend ?? NOTHING_SPENT];
    return {
      key,
      before: from,
      after: to,
      changePico: last.costPico - first.costPico,
      effects: splitCostChange(first, last, items),
    };
  });
}

/** Items of all groups; one that is in several counts in each, as its cost does. */
const itemsOf = ({ groups }: Period): bigint =>
  [...groups.values()].reduce((sum, { spend }) => sum + spend.items, 0n);

const Values = z.array(z.string().nullable()).nullable();
const valuesOf = (key: string): (string | null)[] | null => Values.parse(JSON.parse(key));

const byChange = (a: ToldGroup, b: ToldGroup): number => {
  const [first, second] = [absolute(a.changePico), absolute(b.changePico)];
  return first > second ? -1 : first < second ? 1 : 0;
};
const absolute = (pico: bigint): bigint => (pico < 0n ? -pico : pico);
