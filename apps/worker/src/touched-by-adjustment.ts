import type { Ref, TraceId } from '#model';
import { listAdjustments, readReversible, readUnattributedTraces, readWriteOffs, type Client } from '#store';
import { z } from 'zod';

const adjustmentDetail = z.object({ adjustmentId: z.string() });
const reversalBody = z.object({ postingId: z.string() });

/** The traces and work items that an approved write-off or reversal is about. */
export async function touchedByAdjustment(
  client: Client,
  tenantId: bigint,
  detail: unknown,
): Promise<{ readonly refs: readonly Ref[]; readonly traceIds: readonly TraceId[] }> {
  const { adjustmentId } = adjustmentDetail.parse(detail);
  const [adjustment] = await listAdjustments(client, tenantId, { adjustmentId, limit: 1 });
  if (adjustment?.kind === 'reversal') {
    const { postingId } = reversalBody.parse(adjustment.body);
    const found = await readReversible(client, tenantId, postingId, null);
    if (found?.isOfTrace === true) return { refs: [], traceIds: [postingId] };
    return { refs: found?.refs ?? [], traceIds: [] };
  }
  const writeOff = (await readWriteOffs(client, tenantId)).find((each) => each.adjustmentId === adjustmentId);
  const traceIds = writeOff === undefined ? [] : await readUnattributedTraces(client, tenantId, writeOff);
  return { refs: [], traceIds };
}
