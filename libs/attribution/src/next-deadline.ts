import type { OutcomeDefinition } from '#model';

/** From its first start to its last end; an instant has both the same. */
export interface Interval {
  readonly startedAtUs: bigint;
  readonly endedAtUs: bigint;
}

/** The time since which an item is open, and the last thing that was told of it since. */
export interface Stretch {
  /** Null for an item of which nothing is known. */
  readonly beganAtUs: bigint | null;
  readonly silentSince: { readonly verb: string; readonly atUs: bigint } | null;
}

/** What becomes of an open item at a time, when nothing happens before. */
export interface Deadline {
  readonly verb: 'assumed' | 'expired';
  readonly atUs: bigint;
}

/**
 * The next deadline of an open item under the definitions in force when it began to run: an outcome assumed after
 * silence, or the end of its time to live. Only what happened decides, never when it became known.
 *
 * @param activity all work and events of the item, by start
 */
export function nextDeadline(
  stretch: Stretch,
  activity: readonly Interval[],
  definitionAt: (atUs: bigint) => OutcomeDefinition | null,
): Deadline | null {
  const assumedAtUs = endOfSilence(stretch, activity, definitionAt);
  const expiresAtUs = endOfLife(stretch, activity, definitionAt);
  if (assumedAtUs !== null && (expiresAtUs === null || assumedAtUs <= expiresAtUs))
    return { verb: 'assumed', atUs: assumedAtUs };
  return expiresAtUs === null ? null : { verb: 'expired', atUs: expiresAtUs };
}

/** Work that begins within the silence breaks it; an event would stand in `silentSince` itself. */
function endOfSilence(
  { silentSince }: Stretch,
  activity: readonly Interval[],
  definitionAt: (atUs: bigint) => OutcomeDefinition | null,
): bigint | null {
  if (silentSince === null) return null;
  const rule = definitionAt(silentSince.atUs)?.assumed ?? null;
  if (rule === null || !rule.verbs.includes(silentSince.verb)) return null;
  const endUs = silentSince.atUs + BigInt(rule.afterMs) * 1000n;
  const isBroken = activity.some(({ startedAtUs }) => startedAtUs > silentSince.atUs && startedAtUs <= endUs);
  return isBroken ? null : endUs;
}

function endOfLife(
  { beganAtUs }: Stretch,
  activity: readonly Interval[],
  definitionAt: (atUs: bigint) => OutcomeDefinition | null,
): bigint | null {
  if (beganAtUs === null) return null;
  const rule = definitionAt(beganAtUs)?.timeToLive ?? null;
  if (rule === null) return null;
  const lifeUs = BigInt(rule.ms) * 1000n;
  if (rule.after === 'first_activity') return beganAtUs + lifeUs;
  let aliveUntilUs = beganAtUs;
  for (const { startedAtUs, endedAtUs } of activity) {
    if (endedAtUs < beganAtUs) continue;
    if (startedAtUs > aliveUntilUs + lifeUs) break;
    if (endedAtUs > aliveUntilUs) aliveUntilUs = endedAtUs;
  }
  return aliveUntilUs + lifeUs;
}
