import { contentAddress, decryptContent, saltOf } from '#evidence';
import type { SpanId, StepCommitments, TraceId } from '#model';
import type { Queryable } from '../connection/database.ts';
import { readErasuresOf } from '../erasure/erasures.ts';
import { readContentRows } from './contents.ts';
import type { KeyStore } from './key-store.ts';

/** A step that commits to content. */
export interface CommittedStep {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
  readonly commitments: StepCommitments;
}

/** One part that a step commits to: opened, or why it cannot be. */
export type ReadPart =
  | {
      readonly part: string;
      readonly state: 'open';
      readonly mediaType: string;
      /** Attribute keys and events it stood in. */
      readonly sources: readonly string[];
      readonly text: string;
      /** 32 bytes: SHA-256(salt || text) is the commitment. */
      readonly salt: Buffer;
    }
  /** Destroyed; `leaf` is the place of the leaf that says so, null until it is sealed. */
  | { readonly part: string; readonly state: 'erased'; readonly leaf: bigint | null }
  /** Kept no longer than the policy `content` says. */
  | { readonly part: string; readonly state: 'expired' };

export interface ReadStepContent {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
  /** Salts of the commitments to the span's bytes and to the personal members; null once they are destroyed. */
  readonly salts: { readonly span: Buffer; readonly identity: Buffer } | null;
  /** By class, as the step commits to them. */
  readonly parts: readonly ReadPart[];
}

/**
 * Opens the content of steps: what each commits to, part by part. Whoever shows it has asked for leave and noted the
 * read before.
 *
 * @returns one entry a step, in the order given
 * @throws Unavailable where the keys cannot be reached; Error where stored bytes were changed
 */
export async function readContents(
  db: Queryable,
  keys: KeyStore,
  tenantId: bigint,
  steps: readonly CommittedStep[],
): Promise<ReadStepContent[]> {
  const subjects = [...new Set(steps.map(({ commitments }) => commitments.subject))];
  const known = await keys.keysOf(tenantId, subjects);
  const traceIds = [...new Set(steps.map(({ traceId }) => traceId))];
  const rows = new Map(
    (await readContentRows(db, tenantId, traceIds)).map((row) => [
      `${addressOf(tenantId, row)}/${row.part}`,
      row,
    ]),
  );
  const erased = await readErasuresOf(
    db,
    tenantId,
    subjects.filter((subject) => !known.has(subject)),
  );
  return steps.map(({ traceId, spanId, startedAtUs, commitments }) => {
    const own = known.get(commitments.subject);
    const address = addressOf(tenantId, { traceId, spanId, startedAtUs });
    const parts = Object.keys(commitments.parts).map((part): ReadPart => {
      if (own === undefined) return { part, state: 'erased', leaf: erased.get(commitments.subject) ?? null };
      const row = rows.get(`${address}/${part}`);
      if (row === undefined) return { part, state: 'expired' };
      const text = decryptContent(own, `${address}/${part}`, row.sealed).toString();
      const { mediaType, sources } = row;
      return { part, state: 'open', mediaType, sources, text, salt: saltOf(own, address, part) };
    });
    const salts =
      own === undefined
        ? null
        : { span: saltOf(own, address, 'span'), identity: saltOf(own, address, 'identity') };
    return { traceId, spanId, startedAtUs, salts, parts };
  });
}

const addressOf = (
  tenantId: bigint,
  { traceId, spanId, startedAtUs }: Pick<CommittedStep, 'traceId' | 'spanId' | 'startedAtUs'>,
): string => contentAddress(tenantId, traceId, spanId, startedAtUs);
