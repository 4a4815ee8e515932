import type { NoteSigner } from '#evidence';
import type { LogName } from '#store';

/** One of the two logs of a tenant, with the keys that sign it. */
export interface Log {
  readonly tenantId: bigint;
  readonly slug: string;
  /** Absent: the evidence log. */
  readonly log?: LogName;
  /** `<OL_LOG_ORIGIN>/t/<slug>`, of the access log `.../access`: name of the log and of its keys. */
  readonly origin: string;
  /** At least one; two during a rotation. */
  readonly signers: readonly NoteSigner[];
  /** Where the guard stands, beside the keys. */
  readonly keyDir: string;
}

/** Points a crash may fall between; a test ends the process at each. */
export const SEAL_POINTS = [
  'head locked',
  'inbox taken',
  'leaves written',
  'leaves committed',
  'guard checked',
  'checkpoint signed',
  'guard written',
  'checkpoint inserted',
  'checkpoint committed',
] as const;
export type SealPoint = (typeof SEAL_POINTS)[number];

/** Called at each point as it is reached. */
export type Mark = (point: SealPoint) => void | Promise<void>;

/** A log that cannot go on without contradicting what it signed: it signs nothing more until an operator has looked. */
export class LogHalted extends Error {
  override readonly name = 'LogHalted';
  constructor(
    readonly log: Pick<Log, 'origin' | 'slug'>,
    reason: string,
  ) {
    super(`the log ${log.origin} is halted: ${reason}`);
  }
}
