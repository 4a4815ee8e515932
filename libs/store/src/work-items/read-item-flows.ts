import type { Ref } from '#model';
import type { Client } from '../connection/database.ts';

/** Where a work item's cost goes, as far as it stands (`work_items`). */
export interface StoredFlow {
  readonly ref: Ref;
  readonly mergedInto: Ref | null;
  readonly splitFrom: { readonly origin: Ref; readonly weight: bigint } | null;
}

export async function readItemFlows(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
): Promise<StoredFlow[]> {
  if (refs.length === 0) return [];
  const { rows } = await client.query<{
    ref: string;
    merged_into: string | null;
    split_from: string | null;
    split_weight: bigint | null;
  }>(
    `SELECT ref, merged_into, split_from, split_weight FROM work_items WHERE tenant_id = $1 AND ref = ANY ($2::text[])`,
    [tenantId, refs],
  );
  return rows.map((row) => ({
    ref: row.ref,
    mergedInto: row.merged_into,
    splitFrom:
      row.split_from === null || row.split_weight === null
        ? null
        : { origin: row.split_from, weight: row.split_weight },
  }));
}
