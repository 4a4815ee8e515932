import { dividePico, formatPico, RejectedInput } from '#model';
import {
  readDeadTools,
  readIdleCalls,
  readSettings,
  readWasteRules,
  readWasteSums,
  type Client,
  type DeadToolRow,
  type WasteRuleRow,
  type WasteSumRow,
} from '#store';
import { SHIPPED_WASTE_POLICY, WASTE_RULES, wastePolicySchema } from '#trails';
import { z } from 'zod';
import type { ReportContext } from '../reports/ask-report.ts';
import { shareOf } from '../reports/cost-row.ts';
import type { RowGroup } from '../reports/finish-report.ts';
import { ReportQuery } from '../reports/report-query.ts';
import { economicsReport, economicsReportSchema, OutcomeHead } from './economics-report.ts';
import { readOpportunities } from './waste-opportunities.ts';
import { WasteFigures, type OpportunitiesView, type RuleView } from './waste-views.ts';

export const WasteQuery = ReportQuery.extend({
  opportunities: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'true: also W13 and W17, which look at every call' }),
});
export type WasteQuery = z.infer<typeof WasteQuery>;

export const WasteRow = z.object({ ...OutcomeHead.shape, ...WasteFigures.shape }).meta({ id: 'WasteRow' });
export const WasteReport = economicsReportSchema('waste', WasteRow).meta({ id: 'WasteReport' });
export type WasteReport = z.infer<typeof WasteReport>;

/** Below this no share is told (methods.md, corrections). */
const FEWEST_ITEMS = 30;
/** W10: a tool that so many successful runs did without. */
const DEAD_AFTER_RUNS = 50;

/**
 * What cost is made of: essential, waste by rule, failed attempts, unproven (methods.md 4). As it is known now: the
 * verdicts of a past size are not kept.
 *
 * @throws RejectedInput `unprocessable` as `economicsReport`, and for a size or a time of the past
 */
export function wasteReport(client: Client, query: WasteQuery, context: ReportContext): Promise<WasteReport> {
  const past = (['size', 'as_of'] as const).find((name) => query[name] !== undefined);
  if (past !== undefined || query.basis === 'reported')
    throw new RejectedInput(
      'unprocessable',
      'waste is told as it is known now: rules are an analysis beside the books',
      past ?? 'basis',
    );
  return economicsReport(client, query, context, {
    name: 'waste',
    formula:
      'methods 4.1 to 4.7: backward slice, waste by the first of W1 to W17 that proves it, the rest unproven; each pico once',
    read: async ({ asked, population }) => {
      const { tenantId } = context;
      const sums = await readWasteSums(client, tenantId, population);
      const rules = await readWasteRules(client, tenantId, population);
      const required = await readRequiredTools(client, tenantId);
      const dead = await readDeadTools(client, tenantId, population, DEAD_AFTER_RUNS, required);
      const idle = await readIdleCalls(client, tenantId, asked.range.fromDay, asked.range.toDay);
      const opportunitiesOf =
        query.opportunities === 'true' ? await readOpportunities(client, tenantId, population) : null;
      return (group, head) => {
        const isOf = (row: { readonly group: RowGroup }): boolean =>
          JSON.stringify(row.group) === JSON.stringify(group);
        const figures = figuresOf(
          head,
          sums.find(isOf) ?? NOTHING,
          rules.filter(isOf),
          dead.filter(isOf),
          opportunitiesOf === null ? null : opportunitiesOf(group),
        );
        if (group !== null) return figures;
        return {
          ...figures,
          idle: { calls: idle.calls, unknownCost: idle.unknown, costUsd: formatPico(idle.costPico) },
        };
      };
    },
  });
}

const NOTHING: WasteSumRow = {
  group: null,
  items: 0,
  costPico: 0n,
  judgedPico: 0n,
  failedRunPico: 0n,
  essentialPico: 0n,
  ruleWastePico: 0n,
  withContentPico: 0n,
  afterWarningPico: 0n,
  billedInputTokens: 0n,
  uniqueInputTokens: 0n,
  cacheReadTokens: 0n,
  topWastePico: 0n,
  topCostPico: 0n,
};

async function readRequiredTools(client: Client, tenantId: bigint): Promise<readonly string[]> {
  const newest = (await readSettings(client, tenantId, 'policies'))
    .filter(({ name }) => name === 'waste')
    .at(-1);
  return (newest === undefined ? SHIPPED_WASTE_POLICY : wastePolicySchema.parse(newest.rule)).requiredTools;
}

function figuresOf(
  head: OutcomeHead,
  sums: WasteSumRow,
  rules: readonly WasteRuleRow[],
  dead: readonly DeadToolRow[],
  opportunities: OpportunitiesView | null,
): WasteFigures {
  const money = (pico: bigint): string | null => (head.costUsd === null ? null : formatPico(pico));
  const deadEssential = sum(dead.map(({ essentialPico }) => essentialPico));
  const deadPico = deadEssential + sum(dead.map(({ unprovenPico }) => unprovenPico));
  const essentialPico = sums.essentialPico - deadEssential;
  const wastePico = sums.ruleWastePico + deadPico;
  const unprovenPico = sums.costPico - sums.failedRunPico - essentialPico - wastePico;
  return {
    essentialCostUsd: money(essentialPico),
    wasteCostUsd: money(wastePico),
    failedRunCostUsd: money(sums.failedRunPico),
    unprovenCostUsd: money(unprovenPico),
    shares: sharesOf(sums, essentialPico, wastePico + sums.failedRunPico, unprovenPico),
    rules: rulesOf(sums, rules, dead, money),
    wasteCoverage: {
      judged: shareOf(sums.judgedPico, sums.costPico),
      content: shareOf(sums.withContentPico, sums.costPico),
    },
    contextInflation: {
      billedInputTokens: sums.billedInputTokens.toString(),
      uniqueInputTokens: sums.uniqueInputTokens.toString(),
      resendRatio: dividePico(sums.billedInputTokens * PICO, sums.uniqueInputTokens),
      cacheReadShare: shareOf(sums.cacheReadTokens, sums.billedInputTokens),
    },
    deadTools: dead.map((row) => ({
      workflow: row.workflow,
      tool: row.tool,
      successfulRuns: row.successfulRuns,
      costUsd: formatPico(row.essentialPico + row.unprovenPico),
    })),
    idle: null,
    opportunities,
  };
}

const PICO = 1_000_000_000_000n;

function sharesOf(
  { items, costPico, topWastePico, topCostPico }: WasteSumRow,
  essentialPico: bigint,
  provenPico: bigint,
  unprovenPico: bigint,
): WasteFigures['shares'] {
  if (items < FEWEST_ITEMS || costPico === 0n) return null;
  return {
    n: items,
    proven: shareOf(provenPico, costPico)!,
    uncovered: shareOf(unprovenPico, costPico)!,
    essential: { low: shareOf(essentialPico, costPico)!, high: shareOf(costPico - provenPico, costPico)! },
    topItemShare: shareOf(topWastePico, provenPico),
    withoutTopItem: shareOf(provenPico - topWastePico, costPico - topCostPico),
  };
}

/** All rules, so that what was not looked at can be told from what was not found. */
function rulesOf(
  sums: WasteSumRow,
  rows: readonly WasteRuleRow[],
  dead: readonly DeadToolRow[],
  money: (pico: bigint) => string | null,
): RuleView[] {
  return WASTE_RULES.map(({ id, name, evidence, effect, grade }): RuleView => {
    const own = rows.filter(({ rule }) => rule === id);
    const proven = own.filter(({ state }) => state === 'proven');
    const suspected = own.filter(({ state }) => state === 'suspected');
    const isBlind =
      own.length === 0 && sums.withContentPico === 0n && (evidence === 'content' || id === 'W10');
    const isTold = effect === 'cost' && !isBlind;
    const deadPico = id === 'W10' ? sum(dead.map((row) => row.essentialPico + row.unprovenPico)) : 0n;
    const deadFailed = id === 'W10' ? sum(dead.map((row) => row.inFailedPico)) : 0n;
    const inFailed =
      id === 'W15' ? sums.afterWarningPico : sum(proven.map(({ inFailedPico }) => inFailedPico)) + deadFailed;
    const counted = id === 'W10' ? dead.length : 0;
    return {
      rule: id,
      name,
      evidence,
      effect,
      grade,
      findings: count(own) + counted,
      proven: count(proven) + counted,
      unknownCost: own.reduce((total, { unknown }) => total + unknown, 0),
      costUsd: isTold ? money(sum(proven.map(({ wastePico }) => wastePico)) + deadPico) : null,
      inFailedRunsUsd: isTold || id === 'W15' ? money(inFailed) : null,
      suspectedUsd: isTold ? money(sum(suspected.map(({ foundPico }) => foundPico))) : null,
      reasons: own.map(({ reason, findings }) => ({ reason, findings })),
    };
  });
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
const count = (rows: readonly WasteRuleRow[]): number =>
  rows.reduce((total, { findings }) => total + findings, 0);
