import type { Command } from 'commander';
import {
  readSpanDayHolds,
  readSpanDays,
  readStorage,
  type Database,
  type SpanDay,
  type Storage,
} from '#store';
import { textTable } from '../text-table.ts';
import { withDatabase } from './with-database.ts';

const DAY_MS = 86_400_000;

export function addStorage(program: Command): void {
  program
    .command('storage')
    .description('what is on disk, for what, per span, and when days of spans are let go')
    .option('--json', 'as JSON, sizes in bytes')
    .action((options: { json?: true }) =>
      withDatabase(async (db, { spanKeepDays }) => {
        const storage = await readStorage(db);
        const days = await datesOf(db, spanKeepDays);
        process.stdout.write(
          options.json === true
            ? `${JSON.stringify(toJson(storage, days, spanKeepDays))}\n`
            : toText(storage, days, spanKeepDays),
        );
      }),
    );
}

interface DatedDay extends SpanDay {
  /** First day on which it may go; null = it is kept for ever. */
  readonly goesOn: string | null;
  /** What it waits for then; empty before that day. */
  readonly waitsFor: readonly string[];
}

async function datesOf(db: Database, keepDays: number | null): Promise<DatedDay[]> {
  const today = new Date().toISOString().slice(0, 10);
  const dated: DatedDay[] = [];
  for (const day of await readSpanDays(db)) {
    const goesOn = keepDays === null ? null : after(day.day, keepDays + 1);
    const isOver = goesOn !== null && goesOn <= today && !day.isDetaching;
    const holds = isOver ? [...(await readSpanDayHolds(db, day.day))] : [];
    dated.push({ ...day, goesOn, waitsFor: holds.map(([hold, n]) => `${n} ${hold.replaceAll('_', ' ')}`) });
  }
  return dated;
}

function after(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

const bytesOf = ({ tableBytes, indexBytes }: Storage['groups'][number]): bigint => tableBytes + indexBytes;

/** Whole bytes; null where there is nothing to divide by. */
const perSpan = (bytes: bigint, spans: bigint): number | null =>
  spans === 0n ? null : Number(bytes) / Number(spans);

function toJson(storage: Storage, days: readonly DatedDay[], keepDays: number | null): object {
  const all = storage.groups.reduce((sum, group) => sum + bytesOf(group), 0n);
  return {
    spans: Number(storage.spans),
    bytes: Number(all),
    bytesPerSpan: perSpan(all, storage.spans),
    groups: storage.groups.map((group) => ({
      group: group.group,
      tableBytes: Number(group.tableBytes),
      indexBytes: Number(group.indexBytes),
      bytesPerSpan: perSpan(bytesOf(group), storage.spans),
    })),
    spanKeepDays: keepDays,
    days: days.map(({ day, spans, bytes, goesOn, waitsFor }) => ({
      day,
      spansAbout: Math.round(spans),
      bytes: Number(bytes),
      goesOn,
      waitsFor,
    })),
  };
}

function toText(storage: Storage, days: readonly DatedDay[], keepDays: number | null): string {
  const { spans } = storage;
  const all = storage.groups.reduce((sum, group) => sum + bytesOf(group), 0n);
  const line = (name: string, table: bigint, index: bigint): string[] => {
    const each = perSpan(table + index, spans);
    return [
      name,
      sizeText(table),
      sizeText(index),
      each === null ? '' : `${Math.round(each)} B`,
      each === null ? '' : sizeText(BigInt(Math.round(each * 1e6))),
    ];
  };
  const groups = storage.groups.map(({ group, tableBytes, indexBytes }) =>
    line(group, tableBytes, indexBytes),
  );
  const tables = storage.groups.reduce((sum, { tableBytes }) => sum + tableBytes, 0n);
  const kept =
    keepDays === null
      ? 'Days of spans are kept for ever (SPAN_KEEP_DAYS is 0).'
      : `Days of spans are kept for ${keepDays} days.`;
  return [
    `${spans} spans\n`,
    textTable(
      [['', 'tables', 'indexes', 'per span', 'per million spans']],
      [...groups, line('all', tables, all - tables)],
    ),
    kept,
    textTable(
      [['day', 'spans, about', 'on disk', 'may go on', 'waits for']],
      days.map(({ day, spans: about, bytes, goesOn, waitsFor }) => [
        day,
        String(Math.round(about)),
        sizeText(bytes),
        goesOn ?? '',
        waitsFor.join(', '),
      ]),
    ),
  ].join('\n');
}

/** Powers of 1024; three digits. */
function sizeText(bytes: bigint): string {
  let value = Number(bytes);
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (value < 1024)
      return `${unit === 'B' || value >= 100 ? Math.round(value) : value.toPrecision(3)} ${unit}`;
    value /= 1024;
  }
  return `${value.toPrecision(3)} TiB`;
}
