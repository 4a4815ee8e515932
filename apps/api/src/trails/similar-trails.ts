import type { Ref } from '#model';
import { readClosedTrailsAt, type Client } from '#store';
import { featuresOf, foldTrail, type TrailFeatures } from '#trails';

/** A closed trail, by what it may be compared. */
export interface ClosedTrail {
  readonly ref: Ref;
  readonly features: TrailFeatures;
}

/** Closed trails that are looked at: those that were settled last. */
const CONSIDERED = 200;

/**
 * The closed trails of a kind that a size of the log knows, those settled last first. What was closed or sealed later
 * is not among them, so that nothing of the future is known.
 */
export async function readClosedTrails(
  client: Client,
  tenantId: bigint,
  kind: string,
  size: number,
): Promise<ClosedTrail[]> {
  const closed = await readClosedTrailsAt(client, tenantId, kind, size, CONSIDERED);
  return closed.map((facts) => ({ ref: facts.item.ref, features: featuresOf(foldTrail(facts)) }));
}
