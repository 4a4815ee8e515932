import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/** What one fault came to: a row of the table in docs/faults.md. */
export interface FaultRecord {
  readonly fault: string;
  /** What was done. */
  readonly done: string;
  readonly times: number;
  /** Acknowledged and not there afterwards. */
  readonly lost: number;
  /** From the end of the fault until the first acknowledgement or the first figure; null where nothing had stopped. */
  readonly recoverySeconds: number | null;
  /** Where the service said what was wrong. */
  readonly told: string;
}

/**
 * Notes what a fault came to: shown on standard output, and with SAVE_FAULTS=1 kept in bench/results/faults.json, from
 * which `node bench/faults-table.mjs` makes the table. Rows of the same name are replaced.
 */
export function recordFault(record: FaultRecord): void {
  process.stdout.write(`fault: ${JSON.stringify(record)}\n`);
  if (process.env['SAVE_FAULTS'] !== '1') return;
  const directory = new URL('../../bench/results/', import.meta.url);
  const file = new URL('faults.json', directory);
  mkdirSync(directory, { recursive: true });
  const others = readRecords(file).filter(({ fault }) => fault !== record.fault);
  const all = [...others, record].sort((a, b) => (a.fault < b.fault ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
}

function readRecords(file: URL): FaultRecord[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

/** Seconds since the last call of `from`. */
export function stopwatch(): { from: () => void; seconds: () => number } {
  let beganMs = Date.now();
  return {
    from: () => void (beganMs = Date.now()),
    seconds: () => Math.round((Date.now() - beganMs) / 100) / 10,
  };
}
