import { RejectedInput } from '#model';
import type { Client, Queryable } from '../connection/database.ts';

/**
 * The origin of all logs of this installation, fixed at the first start: it is the name of their keys, and logs under
 * another name are other logs.
 *
 * Whoever comes second waits for the first one's transaction to end.
 *
 * @param configured what the environment says; null = what was fixed, or `standard` at the first start
 * @throws RejectedInput `conflict` when another origin was fixed
 */
export async function fixLogOrigin(
  client: Client,
  configured: string | null,
  standard: string,
): Promise<string> {
  await client.query('INSERT INTO log_identity (origin) VALUES ($1) ON CONFLICT (only_row) DO NOTHING', [
    configured ?? standard,
  ]);
  const { rows } = await client.query<{ origin: string }>('SELECT origin FROM log_identity FOR UPDATE');
  const { origin } = rows[0]!;
  if (configured !== null && configured !== origin)
    throw new RejectedInput(
      'conflict',
      `the logs of this database are named ${origin} for ever; ${configured} would begin other logs`,
      'OL_LOG_ORIGIN',
    );
  return origin;
}

/** @returns the origin that was fixed; null before the first start */
export async function readLogOrigin(db: Queryable): Promise<string | null> {
  const { rows } = await db.query<{ origin: string }>('SELECT origin FROM log_identity');
  return rows[0]?.origin ?? null;
}
