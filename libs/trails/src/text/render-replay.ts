import type { Amounts } from '../fold/costs.ts';
import type { EntryReading } from '../reading/read-trail.ts';
import type { Replay, ReplayDecision, ReplayEntry } from '../replay/replay-format.ts';

/** A replay and what stands beside it in an answer. */
export interface ReadableReplay {
  /** `ticket:8123`. */
  readonly name: string;
  readonly digest: string;
  readonly replay: Replay;
  readonly reading: readonly EntryReading[];
}

/** A replay to be read in a terminal: a head, then a line for each entry with notes under it. Ends with a newline. */
export function renderReplay({ name, digest, replay, reading }: ReadableReplay): string {
  const readings = new Map(reading.map((each) => [each.n, each]));
  const { verdict } = replay;
  const lines = [
    `${name}  ${verdict.phase}${verdict.at === null ? '' : ` at ${shortTime(verdict.at)}`}` +
      `${verdict.by === null ? '' : ` (entry ${verdict.by})`}, ${verdict.outcomeType} under ${verdict.definition}`,
    `cost ${amounts(replay.cost.total)}: ${replay.cost.sits.map(({ account, currency, amount }) => `${amount} ${currency} on ${account}`).join(', ') || 'nothing posted'}`,
    `as the first ${replay.size} leaves of the log know it, sealed by ${shortTime(replay.sealedAt)}, in ${replay.order} order`,
    `${replay.format} sha256 ${digest}`,
    '',
    ...replay.attempts.map(
      (attempt) =>
        `attempt ${attempt.n}  ${attempt.workflow}${attempt.agent === null ? '' : ` / ${attempt.agent}`}` +
        `${attempt.model === null ? '' : `  ${attempt.model}`}  ${shortTime(attempt.startedAt)}  ${attempt.placement}`,
    ),
    '',
    ...replay.entries.flatMap((entry) => entryLines(entry, readings.get(entry.n))),
  ];
  return `${lines.join('\n')}\n`;
}

function entryLines(entry: ReplayEntry, reading: EntryReading | undefined): string[] {
  const flags = [
    entry.late ? `known late, after ${duration(entry.delayMs)}` : null,
    entry.knewAtDecision === false ? 'not known at the verdict' : null,
  ].filter((flag) => flag !== null);
  const head = [
    String(entry.n).padStart(4),
    entry.attempt === null ? '  ' : `#${entry.attempt}`.padEnd(2),
    shortTime(entry.happenedAt),
    whatOf(entry, reading),
    entry.cost.direct === null ? '' : amounts(entry.cost.direct),
    flags.length === 0 ? '' : `[${flags.join('; ')}]`,
  ];
  return [head.join('  ').trimEnd(), ...notesOf(entry, reading).map((note) => `${' '.repeat(12)}${note}`)];
}

function whatOf(
  { type, step, tool, outcome, line, link, decisions }: ReplayEntry,
  reading?: EntryReading,
): string {
  if (step !== null) {
    const what =
      tool === null
        ? step.kind === 'model_call'
          ? (step.model ?? 'a model')
          : (reading?.name ?? '')
        : tool.called;
    return `${step.kind} ${what}`.trimEnd();
  }
  if (outcome !== null) return `outcome ${outcome.verb} (${outcome.effect}) told by ${outcome.source}`;
  if (line !== null) return `cost line ${line.kind} told by ${line.source}`;
  if (link !== null) return `a person decided: ${link.action} trace ${link.traceId}`;
  return `${type} ${decisions.map(decisionText).join(', ')}`;
}

function notesOf(entry: ReplayEntry, reading: EntryReading | undefined): string[] {
  return [...stepNotes(entry, reading), ...turnNotes(entry, reading), ...readingNotes(reading)];
}

function stepNotes({ step, tool }: ReplayEntry, reading: EntryReading | undefined): string[] {
  if (step === null) return [];
  const isPlain = tool === null || (tool.disposition === 'executed' && tool.basis === 'span');
  return [
    step.overheadPool === null ? null : `overhead: ${step.overheadPool}`,
    step.role === 'mirror' ? 'the same call, seen by somebody else' : null,
    isPlain ? null : `${tool.disposition}, ${tool.effect} (${tool.basis})`,
    step.failed ? `failed: ${reading?.error ?? 'erased'}` : null,
  ].filter((note) => note !== null);
}

function turnNotes(
  { step, retryOf, handOff, decisions, about }: ReplayEntry,
  reading: EntryReading | undefined,
): string[] {
  return [
    retryOf === null ? null : `retries ${retryOf.n}: ${retryText(retryOf.changed, reading?.asked ?? null)}`,
    handOff === null ? null : ['handed over', by(' by ', handOff.from), by(' to ', handOff.to)].join(''),
    ...(step === null ? [] : decisions.map(decisionText)),
    about === null ? null : `about entry ${about}`,
  ].filter((note) => note !== null);
}

const by = (word: string, whom: string | null): string => (whom === null ? '' : `${word}${whom}`);

function readingNotes(reading: EntryReading | undefined): string[] {
  if (reading === undefined) return [];
  const from = [...new Set((reading.seen ?? []).flatMap((message) => message.from ?? []))];
  return [
    ...(reading.seen === null || reading.seen.length === 0
      ? []
      : [`saw ${reading.seen.length} messages${from.length === 0 ? '' : `, of entries ${ranges(from)}`}`]),
    ...(reading.available === null || reading.available.length === 0
      ? []
      : [`could call ${reading.available.join(', ')}`]),
    ...(reading.documents ?? []).map(
      ({ id, use, by, n }) =>
        `document ${id ?? 'without id'}: ${use}${by === null ? '' : ` (${by}${n === null ? '' : `, entry ${n}`})`}`,
    ),
    ...reading.content.flatMap((part) => {
      if ('redacted' in part)
        return [
          `${part.part}: redacted (${part.redacted.by}${part.redacted.leaf === null ? '' : `, leaf ${part.redacted.leaf}`})`,
        ];
      return part.text === undefined ? [] : [`${part.part}: ${oneLine(part.text)}`];
    }),
  ];
}

/** `2, 4-7`. */
function ranges(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === n - 1) run[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(', ');
}

const decisionText = ({ kind, id, version, result, from, reason }: ReplayDecision): string =>
  `${kind} ${from === null ? '' : `${from} -> `}${id}${version === null ? '' : `@${version}`}` +
  `${result === null ? '' : ` ${result}`}${reason === null ? '' : ` (${reason})`}`;

function retryText(changed: readonly string[], asked: EntryReading['asked']): string {
  const what = [...changed, ...(asked === 'changed' ? ['what was asked'] : [])];
  if (what.length > 0) return `${what.join(', ')} changed`;
  return asked === 'same' ? 'the same again' : 'what was asked is not known';
}

const LONGEST_LINE = 400;
function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}... (${line.length} characters)`;
}

export const amounts = (sums: Amounts): string =>
  Object.entries(sums)
    .map(([currency, amount]) => `${amount} ${currency}`)
    .join(' + ') || '-';

/** `2026-10-21 00:02:00.123Z`: milliseconds where there are any. */
const shortTime = (time: string): string =>
  time
    .replace('T', ' ')
    .replace(/(\.\d{3})\d*Z$/, '$1Z')
    .replace('.000Z', 'Z');

function duration(ms: string): string {
  const seconds = Number(ms) / 1000;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
