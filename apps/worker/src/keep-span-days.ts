import { encodeLeaf } from '#evidence';
import type { ProcessLogger } from '#server';
import {
  dropSpanDay,
  ensureSpanPartitions,
  inTransaction,
  insertEvidence,
  readDaysBeingLetGo,
  readSpanDayHolds,
  readSpanDays,
  readTenantsOfDay,
  recordSpanPlaces,
  type Database,
  type SpanDay,
} from '#store';

export interface SpanDayParts {
  readonly db: Database;
  readonly nowUs: () => bigint;
  readonly logger: Pick<ProcessLogger, 'log' | 'warn' | 'error'>;
}

const DAY_MS = 86_400_000;
/** Days made before their first span: no append then waits for a partition. */
const DAYS_AHEAD = 3;

/**
 * Makes the partitions of the days to come, and lets go of those that ended `keepDays` ago and that nothing needs any
 * more: what ties each span to its request is recorded, with a leaf per tenant, and committed; then the partition goes
 * (docs/adr/033). What was broken off is taken up again; a day that is held is looked at in the next turn.
 *
 * @param keepDays null = spans are kept for ever
 * @returns days that are gone now
 */
export async function keepSpanDays(
  parts: SpanDayParts,
  keepDays: number | null,
  isStopping: () => boolean,
): Promise<string[]> {
  const today = Math.floor(Number(parts.nowUs() / 1000n) / DAY_MS);
  await ensureSpanPartitions(
    parts.db,
    Array.from({ length: DAYS_AHEAD + 1 }, (_, ahead) => today + ahead),
  );
  const begun = await readDaysBeingLetGo(parts.db);
  const old = keepDays === null ? [] : (await readSpanDays(parts.db)).filter(isOlderThan(today - keepDays));
  const gone: string[] = [];
  for (const day of new Set([...begun, ...old.map((each) => each.day)])) {
    if (isStopping()) break;
    if (!begun.includes(day) && !(await record(parts, day, keepDays!))) continue;
    if (await drop(parts, day)) gone.push(day);
  }
  return gone;
}

/** The whole day ended before the first moment of `day`. */
const isOlderThan =
  (day: number) =>
  (each: SpanDay): boolean =>
    Date.parse(each.day) / DAY_MS < day;

/** @returns false where the day is needed still */
async function record({ db, nowUs }: SpanDayParts, day: string, keepDays: number): Promise<boolean> {
  if ((await readSpanDayHolds(db, day)).size > 0) return false;
  for (const tenantId of await readTenantsOfDay(db, day))
    await inTransaction(db, async (client) => {
      const letGo = await recordSpanPlaces(client, tenantId, day, keepDays, nowUs());
      if (letGo === null) return;
      const policy = `spans@${keepDays}`;
      const body = encodeLeaf('erasure', nowUs(), {
        state: 'expired',
        policy,
        day,
        counts: { spans: letGo.spans, batches: letGo.batches, contents: 0 },
      });
      await insertEvidence(client, tenantId, [{ kind: 'erasure', subjectId: policy, body }], nowUs());
    });
  return true;
}

async function drop({ db, nowUs, logger }: SpanDayParts, day: string): Promise<boolean> {
  const outcome = await dropSpanDay(db, day, nowUs());
  if (outcome === 'dropped') logger.log('a day of spans was let go', { day });
  if (outcome === 'busy') logger.warn('a day of spans is in use; it is let go later', { day });
  if (outcome === 'kept')
    logger.error(
      'spans came for a day that was being let go: it stays; is SPAN_MAX_AGE_DAYS the same everywhere?',
      {
        day,
      },
    );
  return outcome === 'dropped';
}
