import { createHash } from 'node:crypto';
import { canonicalJson, encodeLeaf, merkleRoot, type CanonicalValue } from '#evidence';
import type { Principal } from '#server';
import type { AuditedItem, OutcomeAudit } from '#store';
import { Json } from '../wire.ts';

type Drawn = Pick<AuditedItem, 'surrogateId' | 'stratum' | 'place'>;

const rootOf = (rows: readonly { readonly [name: string]: CanonicalValue }[]) => ({
  count: rows.length,
  root: merkleRoot(rows.map((row) => Buffer.from(canonicalJson(row)))).toString('base64'),
});

/**
 * A sample was drawn before anybody looked at it: its seed, what it was drawn from, and which outcomes these are. Work
 * items are named by their surrogate ids.
 */
export const auditDrawnLeaf = (audit: OutcomeAudit, drawn: readonly Drawn[], caller: Principal): Buffer =>
  encodeLeaf('outcome.audit', audit.recordedAtUs, {
    audit: audit.auditId,
    state: 'drawn',
    seed: audit.seed,
    population: createHash('sha256')
      .update(canonicalJson({ population: Json.parse(audit.population), strata: Json.parse(audit.strata) }))
      .digest('base64'),
    items: rootOf(drawn.map(({ surrogateId, stratum, place }) => ({ surrogateId, stratum, place }))),
    key: caller.keyId,
  });

/** What reviewers said of drawn outcomes; their notes may be personal and are not in it. */
export const auditVerdictsLeaf = (
  auditId: string,
  judged: readonly (Drawn & { readonly isValid: boolean })[],
  caller: Principal,
  atUs: bigint,
): Buffer =>
  encodeLeaf('outcome.audit', atUs, {
    audit: auditId,
    state: 'judged',
    verdicts: rootOf(
      judged.map(({ surrogateId, stratum, place, isValid }) => ({ surrogateId, stratum, place, isValid })),
    ),
    key: caller.keyId,
  });
