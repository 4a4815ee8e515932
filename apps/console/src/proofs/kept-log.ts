/** What a reader keeps of a log in this browser, out of the server's reach: its keys, and a checkpoint of before. */
export interface KeptLog {
  /** A policy file: the keys of the log, as the reader got them. */
  readonly policy: string;
  /** A signed note. */
  readonly checkpoint: string;
  readonly size: number;
  /** RFC 3339. */
  readonly keptAt: string;
}

const nameOf = (tenant: string): string => `outcome-ledger:log:${tenant}`;

/** @returns null where nothing is kept, or what is kept cannot be read */
export function readKept(tenant: string): KeptLog | null {
  try {
    const text = localStorage.getItem(nameOf(tenant));
    return text === null ? null : readKeptText(text);
  } catch {
    return null;
  }
}

export function keep(tenant: string, log: KeptLog | null): void {
  if (log === null) localStorage.removeItem(nameOf(tenant));
  else localStorage.setItem(nameOf(tenant), JSON.stringify(log));
}

function readKeptText(text: string): KeptLog | null {
  const value: unknown = JSON.parse(text);
  return isKept(value) ? value : null;
}

const isKept = (value: unknown): value is KeptLog =>
  typeof value === 'object' &&
  value !== null &&
  'policy' in value &&
  typeof value.policy === 'string' &&
  'checkpoint' in value &&
  typeof value.checkpoint === 'string' &&
  'size' in value &&
  typeof value.size === 'number' &&
  'keptAt' in value &&
  typeof value.keptAt === 'string';
