import type { Queryable } from '../connection/database.ts';
import { timestampFromUs } from '../connection/timestamp.ts';
import type { PreviewProof } from '../previews/preview-proof.ts';

/** A request to read the spans of a period again. Days are UTC, `to` exclusive; null = no beginning, no end. */
export interface RenormaliseRequest {
  /** As it will stand on what it posts. */
  readonly causeId: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: string;
  /** Version of the engine that took it. */
  readonly engine: string;
  readonly principal: string;
  /** That it was recorded by; null = none was named and none was needed. */
  readonly preview?: PreviewProof | null;
}

/** Records the request as a fact: it is worked through as a cause, with an opening and a closing leaf. */
export async function askToRenormalise(
  db: Queryable,
  tenantId: bigint,
  { causeId, ...detail }: RenormaliseRequest,
  recordedAtUs: bigint,
): Promise<void> {
  await db.query(
    `INSERT INTO fact_inbox (tenant_id, kind, cause, detail, recorded_at) VALUES ($1, 'renormalise', $2, $3, $4)`,
    [tenantId, causeId, JSON.stringify(detail), timestampFromUs(recordedAtUs)],
  );
}
