/** Where something stands in the evidence log, and since when. */
export interface LeafStamp {
  readonly index: number;
  /** Base64. */
  readonly hash: string;
  /** When the service learned it; its own clock. */
  readonly recordedAtUs: bigint;
  /** When it was numbered; the sealer's clock, which never goes back along the log. */
  readonly sealedAtUs: bigint;
}

/** SQL: the columns of a leaf `l` that a stamp is made of. */
export const STAMP_COLUMNS = `l.idx AS leaf_idx, l.leaf_hash,
  (convert_from(l.entry, 'UTF8')::jsonb ->> 'recordedAt')::timestamptz AS leaf_recorded_at,
  (convert_from(l.entry, 'UTF8')::jsonb ->> 'sealedAt')::timestamptz AS leaf_sealed_at`;

export interface StampRow {
  leaf_idx: bigint;
  leaf_hash: Buffer;
  leaf_recorded_at: bigint;
  leaf_sealed_at: bigint;
}

export const toStamp = (row: StampRow): LeafStamp => ({
  index: Number(row.leaf_idx),
  hash: row.leaf_hash.toString('base64'),
  recordedAtUs: row.leaf_recorded_at,
  sealedAtUs: row.leaf_sealed_at,
});
