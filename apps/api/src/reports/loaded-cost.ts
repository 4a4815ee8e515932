import { dividePico, formatPico } from '#model';
import type { LoadedCostRow } from '#store';
import type { CostRow } from './cost-row.ts';

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

type LoadedFigures = Pick<
  CostRow,
  | 'loadedCostUsd'
  | 'loadedCostPerOutcomeUsd'
  | 'loadedGrade'
  | 'costLinesUsd'
  | 'usedOverheadUsd'
  | 'humanMinutes'
  | 'unpricedLines'
>;

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
  grade: CostRow['grade'],
  loaded: Loaded,
): LoadedFigures {
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

const WEAKNESS = ['measured', 'metered', 'allocated', 'estimated', 'assumed', 'incomplete'] as const;

function loadedGrade(isIncomplete: boolean, grade: CostRow['grade'], loaded: Loaded): CostRow['grade'] {
  const inputs: CostRow['grade'][] = [grade];
  if (loaded.overheadPico !== 0n) inputs.push('allocated');
  if (loaded.assumedLines > 0n) inputs.push('assumed');
  if (isIncomplete) inputs.push('incomplete');
  return inputs.reduce((weakest, each) =>
    WEAKNESS.indexOf(each) > WEAKNESS.indexOf(weakest) ? each : weakest,
  );
}
