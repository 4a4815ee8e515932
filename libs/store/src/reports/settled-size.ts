import type { Client, Queryable } from '../connection/database.ts';
import { readSealedAtUs } from '../evidence/read-sealed-at.ts';

/** What a past reading of the books can be asked of a tenant. */
export interface ReadableSizes {
  /** Smallest size whose books are known; everything from then on was kept. */
  readonly fromSize: number;
  /** Of the newest signed checkpoint; 0 where none is signed. */
  readonly toSize: number;
  /** Smallest size of which it is known what may belong to a work item beside what is booked on it. */
  readonly candidatesFromSize: number;
}

export async function readReadableSizes(client: Queryable, tenantId: bigint): Promise<ReadableSizes> {
  const { rows } = await client.query<{ from_size: bigint; to_size: bigint; candidates_from: bigint }>(
    `SELECT t.history_from AS from_size, t.candidates_from,
            coalesce((SELECT max(size) FROM checkpoints WHERE tenant_id = $1), 0) AS to_size
       FROM tenants t WHERE t.tenant_id = $1`,
    [tenantId],
  );
  const {
    from_size: fromSize = 0n,
    to_size: toSize = 0n,
    candidates_from: candidatesFrom = 0n,
  } = rows[0] ?? {};
  return {
    fromSize: Number(fromSize),
    toSize: Number(toSize),
    candidatesFromSize: Number(candidatesFrom),
  };
}

/**
 * The largest size not above `size` at which no rule was half worked through: between the opening and the closing leaf
 * of a cause the figures belong to neither.
 */
export async function readSettledSize(client: Client, tenantId: bigint, size: number): Promise<number> {
  for (let settled = size; ;) {
    const { rows } = await client.query<{ opened_index: bigint | null }>(
      `SELECT min(opened_index) AS opened_index FROM causes
        WHERE tenant_id = $1 AND mode = 'post' AND opened_index < $2 AND (done_index IS NULL OR done_index >= $2)`,
      [tenantId, settled],
    );
    const openedAt = rows[0]?.opened_index ?? null;
    if (openedAt === null) return settled;
    settled = Number(openedAt);
  }
}

/**
 * The largest size of which every leaf was sealed at or before a time, not above `toSize`; found by halving, because
 * the time of sealing never goes back along the log.
 */
export async function readSizeAt(
  client: Client,
  tenantId: bigint,
  toSize: number,
  atUs: bigint,
): Promise<number> {
  let least = 0;
  let beyond = toSize + 1;
  while (beyond - least > 1) {
    const size = Math.floor((least + beyond) / 2);
    if ((await readSealedAtUs(client, tenantId, size)) <= atUs) least = size;
    else beyond = size;
  }
  return least;
}
