import { parsePico } from '#model';
import { readSettings, type Client } from '#store';
import type { z } from 'zod';
import type { AskedReport } from '../reports/ask-report.ts';
import { BaselineRule } from '../settings/setting-bodies.ts';

/** What an outcome costs another way, as somebody recorded it; in USD. */
export interface RecordedBaseline {
  readonly name: string;
  readonly version: number;
  readonly outcomeType: string;
  readonly method: z.infer<typeof BaselineRule>['method'];
  readonly costPico: bigint;
  readonly source: string;
}

/**
 * The baselines that hold at the time of the question, each in its newest version, the cheapest first; those in other
 * currencies are left out.
 */
export async function recordedBaselines(
  client: Client,
  tenantId: bigint,
  { range }: AskedReport,
): Promise<RecordedBaseline[]> {
  const newest = new Map<string, RecordedBaseline | null>();
  for (const { name, version, validFromUs, rule } of await readSettings(
    client,
    tenantId,
    'baselines',
    range.size,
  )) {
    if (validFromUs !== null && validFromUs > range.nowUs) continue;
    const { outcomeType, method, costPerOutcome, source } = BaselineRule.parse(rule);
    const costPico = costPerOutcome.currency === 'USD' ? parsePico(costPerOutcome.amount) : null;
    const isKnown = costPico !== null && costPico > 0n;
    newest.set(name, isKnown ? { name, version, outcomeType, method, costPico, source } : null);
  }
  return [...newest.values()]
    .filter((baseline) => baseline !== null)
    .sort((a, b) => (a.costPico < b.costPico ? -1 : a.costPico > b.costPico ? 1 : a.name < b.name ? -1 : 1));
}

/** The cheapest baseline of outcomes of one type; null for several types or none. */
export const baselineOf = (
  baselines: readonly RecordedBaseline[],
  outcomeTypes: readonly string[],
): RecordedBaseline | null =>
  outcomeTypes.length === 1
    ? (baselines.find(({ outcomeType }) => outcomeType === outcomeTypes[0]) ?? null)
    : null;
