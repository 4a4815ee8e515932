import type { TraceId } from '#model';
import { judgeWasteAnew, readSettings, readTraceReadings, upsertTraceReadings, type Client } from '#store';
import { eraseReading, wastePolicySchema } from '#trails';
import type { ReplaceText } from './erase-edit.ts';

/**
 * Takes the names of arguments out of what was read for the rules of waste: they are content. Those that a policy of the
 * tenant names stay, so that verdicts stay what they were. A judgement under way writes none of them back.
 */
export async function eraseReadings(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  replace: ReplaceText,
): Promise<void> {
  const policies = (await readSettings(client, tenantId, 'policies')).filter(({ name }) => name === 'waste');
  const kept = new Set(
    policies.flatMap(({ rule }) => wastePolicySchema.parse(rule).writes.flatMap(({ key }) => key)),
  );
  await judgeWasteAnew(client, tenantId, traceIds);
  const rows = await readTraceReadings(client, tenantId, traceIds);
  const erased = rows.map((row) => ({
    ...row,
    reading: replace(JSON.stringify(eraseReading(JSON.parse(row.reading), kept))),
  }));
  await upsertTraceReadings(client, tenantId, erased);
}
