import { createHash } from 'node:crypto';
import {
  buildBundle,
  encodeLeaf,
  MANIFEST,
  packTar,
  sha256,
  type BundleParts,
  type NoteSigner,
} from '#evidence';
import { RejectedInput, Unavailable } from '#model';
import {
  advanceExport,
  claimExport,
  dropExpiredArchives,
  failExport,
  finishExport,
  insertEvidence,
  inTenantSnapshot,
  inTransaction,
  type Database,
  type ExportRow,
  type KeyStore,
} from '#store';
import { readBundleParts, type BundleKit } from './read-bundle-parts.ts';

export interface ExportParts {
  readonly db: Database;
  readonly nowUs: () => bigint;
  readonly contentKeys: KeyStore;
  readonly limits: {
    readonly exportTraces: number;
    readonly exportBytes: number;
    readonly exportKeepMs: number;
  };
  readonly readKit: () => Promise<Pick<BundleKit, 'software' | 'verifier' | 'readme'>>;
  /** The keys that sign a tenant's log now, and the tenant's slug. */
  readonly signersOf: (
    tenantId: bigint,
  ) => Promise<{ readonly tenant: string; readonly signers: readonly NoteSigner[] }>;
  readonly onFailure: (row: ExportRow, error: unknown) => void;
}

/** A worker that says nothing for so long has died; another takes its export. */
const LEASE_MS = 120_000;

/**
 * Builds the bundles that wait, one after the other, and drops archives whose time is over. An export that cannot be
 * built is failed with its reason; one that the database kept from being built is tried again.
 *
 * @returns bundles built or failed
 */
export async function buildExports(
  parts: ExportParts,
  isStopping: () => boolean = () => false,
): Promise<number> {
  await dropExpiredArchives(parts.db, parts.nowUs());
  let worked = 0;
  while (!isStopping()) {
    const row = await claimExport(parts.db, parts.nowUs(), LEASE_MS);
    if (row === null) break;
    try {
      await buildExport(parts, row);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      const isRefused = error instanceof RejectedInput;
      await failExport(
        parts.db,
        row,
        isRefused ? error.message : 'it could not be built; the log of the worker says why',
      );
      if (!isRefused) parts.onFailure(row, error);
    }
    worked += 1;
  }
  return worked;
}

async function buildExport(parts: ExportParts, row: ExportRow): Promise<void> {
  const { db, limits, nowUs } = parts;
  const { tenant, signers } = await parts.signersOf(row.tenantId);
  const onProgress: BundleKit['onProgress'] = (stage, done, total) =>
    advanceExport(db, row, { stage, done, total, leasedUntilUs: nowUs() + BigInt(LEASE_MS) * 1000n });
  const { contentKeys } = parts;
  const kit = { ...(await parts.readKit()), contentKeys, tenant, maxTraces: limits.exportTraces, onProgress };
  const read = await inTenantSnapshot(db, row.tenantId, (client) =>
    readBundleParts(client, row.tenantId, row.request, row.size, kit),
  );
  const files = buildBundle(read, signers);
  const archive = packTar(files, secondsOf(read));
  if (archive.length > limits.exportBytes)
    throw new RejectedInput(
      'too_large',
      `the bundle has ${archive.length} bytes, over the limit of ${limits.exportBytes}: ask for less`,
    );
  await keep(parts, row, read, { archive, manifestHash: Buffer.from(sha256(files.get(MANIFEST)!), 'hex') });
}

/** The time of every file: when the newest leaf was sealed. */
const secondsOf = ({ sealedAt }: BundleParts): number =>
  Math.floor(Date.parse(`${sealedAt.slice(0, 19)}Z`) / 1000);

/** The archive, and a leaf that says which bundle was handed out, in one transaction. */
async function keep(
  { db, nowUs, limits }: ExportParts,
  row: ExportRow,
  read: BundleParts,
  { archive, manifestHash }: { readonly archive: Buffer; readonly manifestHash: Buffer },
): Promise<void> {
  const builtAtUs = nowUs();
  const leaf = encodeLeaf('export', builtAtUs, {
    export: row.exportId,
    scope: row.request.scope.kind,
    method: row.request.method,
    size: row.size,
    root: read.root.toString('base64'),
    manifest: manifestHash.toString('base64'),
    opened: read.opened.length,
    closed: read.redactions.length,
    purpose: row.request.purpose,
    grant: row.request.grantId ?? undefined,
    key: row.keyId,
  });
  await inTransaction(db, async (client) => {
    const isMine = await finishExport(client, row, {
      archive,
      archiveHash: createHash('sha256').update(archive).digest(),
      manifestHash,
      builtAtUs,
      expiresAtUs: builtAtUs + BigInt(limits.exportKeepMs) * 1000n,
    });
    if (!isMine) return;
    await insertEvidence(
      client,
      row.tenantId,
      [{ kind: 'export', subjectId: row.exportId, body: leaf }],
      builtAtUs,
    );
  });
}
