import { parsePico } from '#model';
import { textTable } from '../text-table.ts';
import type { Figures } from './read-figures.ts';

const COLUMNS: readonly (readonly [first: string, second: string, show: (figures: Figures) => string])[] = [
  ['', '', ({ workflow }) => workflow.name],
  ['work', 'items', ({ workItems }) => String(workItems)],
  ['', 'resolved', ({ achieved }) => String(achieved)],
  ['', 'attempts', ({ attempts }) => String(attempts)],
  ['cost per', 'outcome', (figures) => atLeast(figures, figures.costPerOutcomeUsd)],
  ['of it failed', 'attempts', ({ failedAttemptsUsd }) => usd(failedAttemptsUsd)],
  ['of it no', 'outcome', ({ noOutcomeUsd }) => usd(noOutcomeUsd)],
  ['outsourced', '(BPO) price', ({ baselineUsd }) => usd(baselineUsd, 2)],
  ['still', 'open', ({ pending }) => String(pending)],
  ['calls without', 'a price', ({ unpricedCalls }) => String(unpricedCalls)],
];

/** @returns the table of all workflows, without an end of line */
export function showTable(all: readonly Figures[]): string {
  const head = [COLUMNS.map(([first]) => first), COLUMNS.map(([, second]) => second)];
  return textTable(
    head,
    all.map((figures) => COLUMNS.map(([, , show]) => show(figures))),
  ).trimEnd();
}

/** @returns one sentence that says what the row of a workflow means */
export function showSentence(figures: Figures): string {
  const { workflow, achieved, unpricedCalls, handedOff, reopened, pending } = figures;
  const parts = [
    `${workflow.name}: each of ${achieved} ${workflow.outcomes} cost ${atLeast(figures, figures.costPerOutcomeUsd)}` +
      ` in model calls, ${usd(wastedOf(figures))} of it for work that bought nothing;` +
      ` outsourced it would cost ${usd(figures.baselineUsd, 2)}.`,
    figures.isLowerBound ? `${unpricedCalls} calls have no known price, so the true cost is higher.` : null,
    handedOff > 0
      ? `${handedOff} were handed to a person; with those minutes each cost ${atLeast(figures, figures.loadedCostPerOutcomeUsd, 2)}.`
      : null,
    reopened > 0 ? `${reopened} came back and were done again.` : null,
    pending > 0 ? `${pending} are still open and not counted.` : null,
  ];
  return parts.filter((part) => part !== null).join(' ');
}

function wastedOf({ failedAttemptsUsd, noOutcomeUsd }: Figures): string | null {
  if (failedAttemptsUsd === null || noOutcomeUsd === null) return null;
  return decimal((parsePico(failedAttemptsUsd) ?? 0n) + (parsePico(noOutcomeUsd) ?? 0n), 12);
}

const atLeast = ({ isLowerBound }: Figures, amountUsd: string | null, places = 4): string =>
  isLowerBound && amountUsd !== null ? `>= ${usd(amountUsd, places)}` : usd(amountUsd, places);

/** For the eye: rounded half up. Unknown is a word, never 0. */
function usd(amountUsd: string | null, places = 4): string {
  const pico = amountUsd === null ? null : parsePico(amountUsd);
  return pico === null ? 'unknown' : `$${decimal(pico, places)}`;
}

function decimal(pico: bigint, places: number): string {
  const unit = 10n ** BigInt(12 - places);
  const digits = ((pico + unit / 2n) / unit).toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
