import type { Jobs } from '#jobs';
import { keepSpanDays, type SpanDayParts } from './keep-span-days.ts';

const KEEP_MS = 600_000;

/**
 * Begins what the worker does about days of spans: at the start, and every ten minutes.
 *
 * @returns `stop` lets the day under way finish
 */
export async function scheduleSpanDays(
  parts: SpanDayParts,
  jobs: Jobs,
  keepDays: number | null,
): Promise<{ stop: () => void }> {
  let isStopping = false;
  jobs.process('keep-span-days', async () => void (await keepSpanDays(parts, keepDays, () => isStopping)), {
    concurrency: 1,
  });
  await jobs.schedule('keep-span-days', KEEP_MS);
  await jobs.wake('keep-span-days');
  return { stop: () => void (isStopping = true) };
}
