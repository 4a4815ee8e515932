import { dividePico, formatPico } from '#model';
import type { LoadedCostRow } from '#store';
import { z } from 'zod';
import { Money, Ratio } from '../wire.ts';

/** How well a figure is known, from the best to the worst (architecture 6). */
export const Grade = z.enum(['measured', 'metered', 'allocated', 'estimated', 'assumed', 'incomplete']);
type Grade = z.infer<typeof Grade>;

/** The loaded figures of a row of cost-per-outcome. */
export const LoadedView = z.object({
  loadedCostUsd: Money.nullable().meta({
    description: 'costUsd + costLinesUsd + usedOverheadUsd: compare this with a baseline',
  }),
  loadedCostPerOutcomeUsd: Ratio.nullable(),
  loadedGrade: Grade.meta({ description: 'Of the loaded cost: the weakest of what is in it' }),
  costLinesUsd: Money.meta({
    description: 'Human minutes, fees, hand-overs, infrastructure of the settled items',
  }),
  usedOverheadUsd: Money.meta({
    description: 'Their part of overhead pools; idle capacity is never in it',
  }),
  humanMinutes: Ratio.nullable().meta({ description: 'Priced or not' }),
  unpricedLines: z.int().nullable(),
});

/** What was paid for the items of a row beside the calls of agents. */
export type Loaded = Omit<LoadedCostRow, 'group'>;

export const NOTHING_LOADED: Loaded = {
  linesPico: 0n,
  overheadPico: 0n,
  humanMs: 0n,
  unpricedLines: 0n,
  assumedLines: 0n,
  hasOtherAssets: false,
};

/** Each item is in one group, so the groups sum to the total. */
export const sumLoaded = (rows: readonly Loaded[]): Loaded =>
  rows.reduce<Loaded>(
    (sum, row) => ({
      linesPico: sum.linesPico + row.linesPico,
      overheadPico: sum.overheadPico + row.overheadPico,
      humanMs: sum.humanMs + row.humanMs,
      unpricedLines: sum.unpricedLines + row.unpricedLines,
      assumedLines: sum.assumedLines + row.assumedLines,
      hasOtherAssets: sum.hasOtherAssets || row.hasOtherAssets,
    }),
    NOTHING_LOADED,
  );

/**
 * The loaded figures of a row. Null where neither calls nor lines have a price; the weakest of what is in it gives
 * the grade.
 *
 * @param costPico what the calls of agents cost; null when nothing of it is priced
 * @param grade of that cost
 */
export function loadedFigures(
  costPico: bigint | null,
  outcomes: bigint,
  grade: Grade,
  loaded: Loaded,
): z.infer<typeof LoadedView> {
  const beside = loaded.linesPico + loaded.overheadPico;
  const isKnown = costPico !== null || beside !== 0n;
  const total = (costPico ?? 0n) + beside;
  const isIncomplete = costPico === null || loaded.unpricedLines > 0n || loaded.hasOtherAssets;
  return {
    loadedCostUsd: isKnown ? formatPico(total) : null,
    loadedCostPerOutcomeUsd: isKnown ? dividePico(total, outcomes) : null,
    loadedGrade: loadedGrade(isIncomplete && (isKnown || loaded.unpricedLines > 0n), grade, loaded),
    costLinesUsd: formatPico(loaded.linesPico),
    usedOverheadUsd: formatPico(loaded.overheadPico),
    humanMinutes: dividePico(loaded.humanMs * 1_000_000_000_000n, 60_000n) ?? '0',
    unpricedLines: Number(loaded.unpricedLines),
  };
}

function loadedGrade(isIncomplete: boolean, grade: Grade, loaded: Loaded): Grade {
  const inputs: Grade[] = [grade];
  if (loaded.overheadPico !== 0n) inputs.push('allocated');
  if (loaded.assumedLines > 0n) inputs.push('assumed');
  if (isIncomplete) inputs.push('incomplete');
  return inputs.reduce((weakest, each) =>
    Grade.options.indexOf(each) > Grade.options.indexOf(weakest) ? each : weakest,
  );
}
