/** What became of the spans, log records or counters of one export request. Every one is counted in exactly one of the four. */
export interface BatchCounts {
  readonly stored: number;
  /** The same span with the same bytes is stored already. */
  readonly duplicate: number;
  /** The same span with other bytes is stored already; these bytes are set aside. */
  readonly conflicting: number;
  /** Refused, with a reason for each. */
  readonly rejected: number;
}

/** A distinct resource or scope, stored once. */
export interface Part {
  readonly tenantId: bigint;
  /** UUID text of the hash of `bytes`. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** A row of the worklists. Its id is made from its content, so that the same thing is set aside once. */
export interface SetAside {
  readonly tenantId: bigint;
  readonly id: string;
  readonly kind: 'rejected' | 'conflicting';
  readonly reason: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array | null;
  readonly sinceUs: bigint;
}

/** One export request of one tenant, as it is recorded. */
export interface Batch {
  readonly tenantId: bigint;
  /** UUIDv7 text; in one process later requests have greater ones. */
  readonly batchId: string;
  readonly signal: 'traces' | 'logs' | 'metrics';
  readonly keyId: string;
  /** The key is the one given by the environment: its leaves say so. */
  readonly isBootstrap: boolean;
  /** `content@3`: content was taken out by that policy before it was stored and hashed; null: it is as received. */
  readonly redaction: string | null;
  readonly receivedAtUs: bigint;
  /** 32 random bytes. */
  readonly salt: Buffer;
  /** SHA-256 over the salt and the length-prefixed slices of its spans, log records or metrics in wire order. */
  readonly digest: Buffer;
  readonly received: number;
  readonly rejected: number;
}
