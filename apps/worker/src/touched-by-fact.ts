import type { Ref, TraceId } from '#model';
import type { Client, WaitingFact } from '#store';
import { z } from 'zod';
import { touchedByAdjustment } from './touched-by-adjustment.ts';

/** Work items whose posting must be made again, and traces. */
export interface Touched {
  readonly refs: readonly Ref[];
  readonly traceIds: readonly TraceId[];
}

const itemDetail = z.object({ ref: z.string() });
const traceDetail = z.object({ traceId: z.string() });
/** A person decided whose steps of these traces are. */
const linkDetail = z.object({ traceIds: z.array(z.string()) });

/**
 * What a fact that names what it is about touches.
 * @throws TypeError for a kind of fact that nobody knows
 */
export async function touchedByFact(
  client: Client,
  { tenantId, kind, detail }: WaitingFact,
): Promise<Touched> {
  if (kind === 'cost.line' || kind === 'erasure')
    return { refs: [itemDetail.parse(detail).ref], traceIds: [] };
  if (kind === 'usage.report') return { refs: [], traceIds: [traceDetail.parse(detail).traceId] };
  if (kind === 'link') return { refs: [], traceIds: linkDetail.parse(detail).traceIds };
  if (kind === 'adjustment') return touchedByAdjustment(client, tenantId, detail);
  throw new TypeError(`no fact is of the kind ${kind}`);
}
