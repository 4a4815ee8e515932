import type { AttemptPart } from '#attribution';
import type { Ref, TraceId } from '#model';
import { makeTracesDue, type Client } from '#store';
import type { HeldWorkItem } from './posting-facts.ts';

/**
 * Where cost goes is read before the items are held. A trace of which a part came to stand at an item that was merged
 * or split in between is posted anew: whoever did that may not have seen the trace yet.
 */
export async function makeStrayedTracesDue(
  client: Client,
  tenantId: bigint,
  replaced: ReadonlyMap<TraceId, ReadonlyMap<Ref, readonly AttemptPart[]>>,
  items: ReadonlyMap<Ref, HeldWorkItem>,
): Promise<void> {
  const isGone = (ref: Ref): boolean => {
    const phase = items.get(ref)?.state.phase;
    return phase === 'merged' || phase === 'split';
  };
  const strayed = [...replaced].filter(([, byRef]) =>
    [...byRef].some(([ref, parts]) => parts.length > 0 && isGone(ref)),
  );
  await makeTracesDue(
    client,
    tenantId,
    strayed.map(([traceId]) => ({ traceId, cause: 'attempts', renormalise: false })),
  );
}
