import type { Ref, TraceId } from '#model';
import type { WaitingFact } from '#store';
import { z } from 'zod';

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
export function touchedByFact({ kind, detail }: WaitingFact): Touched {
  if (kind === 'cost.line') return { refs: [itemDetail.parse(detail).ref], traceIds: [] };
  if (kind === 'usage.report') return { refs: [], traceIds: [traceDetail.parse(detail).traceId] };
  if (kind === 'link') return { refs: [], traceIds: linkDetail.parse(detail).traceIds };
  throw new TypeError(`no fact is of the kind ${kind}`);
}
