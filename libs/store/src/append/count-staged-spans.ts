import type { AppendSession } from './append-session.ts';
import { isStored, isSame } from './staged-spans.ts';

const SQL = `
SELECT st.batch_id, count(*) FILTER (WHERE ${isStored})::integer AS stored,
       count(*) FILTER (WHERE NOT ${isStored} AND ${isSame})::integer AS duplicate,
       count(*) FILTER (WHERE NOT ${isStored} AND NOT ${isSame})::integer AS conflicting
  FROM pg_temp.spans_stage st JOIN spans s USING (tenant_id, trace_id, span_id, started_at)
 GROUP BY st.batch_id`;

interface Row {
  batch_id: string;
  stored: number;
  duplicate: number;
  conflicting: number;
}

/** After `insertStagedSpans`: what became of the staged spans, by batch id. Batches without a staged span are absent. */
export async function countStagedSpans(
  session: AppendSession,
): Promise<ReadonlyMap<string, Omit<Row, 'batch_id'>>> {
  const { rows } = await session.query<Row>('count_staged_spans', SQL, []);
  return new Map(rows.map(({ batch_id: batchId, ...counts }) => [batchId, counts]));
}
