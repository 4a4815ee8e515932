import { parseStep, type TrailFacts } from '#trails';
import type { Client } from '../connection/database.ts';
import { readSealedAtUs } from '../evidence/read-sealed-at.ts';
import { readClosedItemsAt } from '../work-items/read-work-items.ts';
import { readDecisionsAt } from './decisions.ts';
import { readAttemptsAt, readTracesNaming } from './read-attempts-at.ts';
import { readStepsAt } from './read-steps-at.ts';

/**
 * What was done in the trails of a kind that stood closed at a size of the log, those settled last first: steps,
 * attempts and decisions, read for all of them at once. Events and cost are left out, and a step is known since its
 * revision. The answer for one size never changes.
 *
 * @param limit at most so many
 */
export async function readClosedTrailsAt(
  client: Client,
  tenantId: bigint,
  kind: string,
  size: number,
  limit: number,
): Promise<TrailFacts[]> {
  const items = await readClosedItemsAt(client, tenantId, kind, size, limit);
  if (items.length === 0) return [];
  const refs = items.map(({ ref }) => ref);
  const attempts = await readAttemptsAt(
    client,
    tenantId,
    await readTracesNaming(client, tenantId, refs),
    size,
  );
  const traceIds = [...new Set(attempts.map(({ traceId }) => traceId))].sort();
  const steps = await readStepsAt(client, tenantId, traceIds, size);
  const told = await readDecisionsAt(client, tenantId, refs, size);
  const sealedAtUs = await readSealedAtUs(client, tenantId, size);
  return items.map((item): TrailFacts => {
    const own = new Set(
      attempts.filter(({ workItemRef }) => workItemRef === item.ref).map(({ traceId }) => traceId),
    );
    return {
      size,
      sealedAtUs,
      item,
      merged: [],
      steps: steps
        .filter(({ traceId }) => own.has(traceId))
        .map(({ record, ...known }) => ({ ...known, step: parseStep(record), received: known.firstLeaf })),
      attempts: attempts.filter(({ traceId }) => own.has(traceId)),
      entries: [],
      outcomes: [],
      costLines: [],
      linkDecisions: [],
      told: told.filter(({ ref }) => ref === item.ref),
      rules: [],
    };
  });
}
