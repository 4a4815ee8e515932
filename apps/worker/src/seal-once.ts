import type { Database } from '#store';
import { signCheckpoint } from './seal-checkpoint.ts';
import { sealLeaves } from './seal-leaves.ts';
import type { Log, Mark } from './seal-log.ts';

/**
 * Seals what waits in a tenant's inbox (at most 5,000 leaves) and signs how far its log has come.
 *
 * Killed at any point it leaves every leaf either in the inbox or in the log, and no signature over anything but a
 * committed tree; run again it goes on.
 *
 * @returns leaves added; size of the checkpoint, null where there was nothing to sign
 * @throws LogHalted when signing would contradict an earlier signature
 */
export async function sealOnce(
  db: Database,
  log: Log,
  nowUs: bigint,
  mark: Mark = () => {},
): Promise<{ sealed: number; isFull: boolean; signedSize: number | null }> {
  const { sealed, isFull } = await sealLeaves(db, log, nowUs, mark);
  await mark('leaves committed');
  const checkpoint = await signCheckpoint(db, log, nowUs, mark);
  await mark('checkpoint committed');
  return { sealed, isFull, signedSize: checkpoint?.size ?? null };
}
