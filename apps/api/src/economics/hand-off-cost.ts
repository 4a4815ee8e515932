import { parsePico } from '#model';
import { readSettings, type Client } from '#store';
import { z } from 'zod';
import type { AskedReport } from '../reports/ask-report.ts';
import { BaselineRule } from '../settings/setting-bodies.ts';
import { Money } from '../wire.ts';

export const HandOffView = z.object({
  costUsd: Money,
  from: z
    .string()
    .meta({ description: 'Where the figure comes from: the question, or a baseline and its version' }),
});

/** What finishing a work item by other means costs. */
export interface HandOff {
  readonly costPico: bigint;
  readonly from: string;
}

/**
 * What a hand-off costs for outcomes of some types: as the question says, else the cheapest of the baselines that hold
 * for the type, each in its newest version.
 *
 * @returns null for several types, and where no baseline in USD is recorded for the one
 */
export async function handOffCosts(
  client: Client,
  tenantId: bigint,
  { range }: AskedReport,
  askedPico: bigint | null,
): Promise<(outcomeTypes: readonly string[]) => HandOff | null> {
  if (askedPico !== null) return () => ({ costPico: askedPico, from: 'hand_off_usd' });
  const newest = new Map<string, { outcomeType: string; handOff: HandOff | null }>();
  for (const { name, version, validFromUs, rule } of await readSettings(
    client,
    tenantId,
    'baselines',
    range.size,
  )) {
    if (validFromUs !== null && validFromUs > range.nowUs) continue;
    const { outcomeType, costPerOutcome } = BaselineRule.parse(rule);
    const costPico = costPerOutcome.currency === 'USD' ? parsePico(costPerOutcome.amount) : null;
    const isKnown = costPico !== null && costPico > 0n;
    newest.set(name, {
      outcomeType,
      handOff: isKnown ? { costPico, from: `baseline ${name}, version ${version}` } : null,
    });
  }
  return (outcomeTypes) => {
    const known = [...newest.values()].flatMap(({ outcomeType, handOff }) =>
      outcomeTypes.length === 1 && outcomeType === outcomeTypes[0] && handOff !== null ? [handOff] : [],
    );
    known.sort((a, b) => (a.costPico < b.costPico ? -1 : a.costPico > b.costPico ? 1 : 0));
    return known[0] ?? null;
  };
}
