import { createHash, randomUUID } from 'node:crypto';
import { BundleWriter, encodeLeaf, type BundleHead, type NoteSigner } from '#evidence';
import { RejectedInput, Unavailable } from '#model';
import {
  claimExport,
  dropExpiredArchives,
  failExport,
  finishExport,
  insertEvidence,
  inTenantSnapshot,
  inTransaction,
  isTableExport,
  type BuiltExport,
  type ClaimedBundle,
  type ClaimedExport,
  type Database,
  type KeyStore,
} from '#store';
import { buildTable } from './build-table.ts';
import { DiskSpool } from './disk-spool.ts';
import { ExportLost, ExportProgress } from './export-progress.ts';
import { keepArchive } from './keep-archive.ts';
import { readBundle, readBundleHead, stageOf, type BundleKit } from './read-bundle.ts';

export interface ExportParts {
  readonly db: Database;
  readonly nowUs: () => bigint;
  readonly contentKeys: KeyStore;
  readonly limits: {
    readonly exportTraces: number;
    readonly exportBytes: number;
    readonly exportKeepMs: number;
  };
  /** Where the parts of a bundle wait while it is made; as large as the largest bundle. */
  readonly spoolDir: string;
  readonly readKit: () => Promise<Pick<BundleKit, 'software' | 'verifier' | 'readme'>>;
  /** The keys that sign a tenant's log now, and the tenant's slug. */
  readonly signersOf: (
    tenantId: bigint,
  ) => Promise<{ readonly tenant: string; readonly signers: readonly NoteSigner[] }>;
  readonly onFailure: (row: ClaimedExport, error: unknown) => void;
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
    const row = await claimExport(parts.db, parts.nowUs(), LEASE_MS, randomUUID());
    if (row === null) break;
    try {
      await (isTableExport(row) ? buildTable(parts, row, LEASE_MS) : buildExport(parts, row));
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      // Begun again by whoever has it now, after the erasure that took it away.
      if (error instanceof ExportLost) continue;
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

/** Content goes from the database to a file and from there to the database again; none of it stays in memory. */
async function buildExport(parts: ExportParts, row: ClaimedBundle): Promise<void> {
  const { db, limits, contentKeys } = parts;
  const { tenant, signers } = await parts.signersOf(row.tenantId);
  const spool = await DiskSpool.open(parts.spoolDir);
  try {
    const progress = new ExportProgress(parts, row, LEASE_MS);
    const tools = { ...(await parts.readKit()), contentKeys, tenant, spool };
    const { writer, head } = await inTenantSnapshot(db, row.tenantId, async (client) => {
      const kit: BundleKit = {
        ...tools,
        maxTraces: limits.exportTraces,
        onProgress: (...at) => {
          checkSize(made?.files.archiveBytes ?? 0, limits);
          return progress.at(...at);
        },
      };
      let made: BundleWriter | null = null;
      const of = await readBundleHead(client, row.tenantId, row.request, row.size, kit);
      made = new BundleWriter(of, signers, spool);
      await readBundle(client, row.tenantId, row.request, row.size, kit, made);
      return { writer: made, head: of };
    });
    const manifest = await writer.finish();
    checkSize(writer.files.archiveBytes, limits);
    const kept = await keepArchive(db, row, writer.files.archive(secondsOf(head)), () =>
      progress.at(...stageOf('archive')),
    );
    await finish(parts, row, head, writer, {
      ...kept,
      manifestHash: createHash('sha256').update(manifest).digest(),
    });
  } finally {
    await spool.close();
  }
}

function checkSize(bytes: number, { exportBytes }: ExportParts['limits']): void {
  if (bytes > exportBytes)
    throw new RejectedInput(
      'too_large',
      `the bundle is over the limit of ${exportBytes} bytes: ask for less`,
    );
}

/** The time of every file: when the newest leaf was sealed. */
const secondsOf = ({ sealedAt }: BundleHead): number =>
  Math.floor(Date.parse(`${sealedAt.slice(0, 19)}Z`) / 1000);

/** The archive can be read, and a leaf says which bundle was handed out, from one transaction on. */
async function finish(
  { db, nowUs, limits }: ExportParts,
  row: ClaimedBundle,
  head: BundleHead,
  { counts }: BundleWriter,
  kept: Pick<BuiltExport, 'archiveBytes' | 'archiveHash'> & { readonly manifestHash: Buffer },
): Promise<void> {
  const builtAtUs = nowUs();
  const leaf = encodeLeaf('export', builtAtUs, {
    export: row.exportId,
    scope: row.request.scope.kind,
    method: row.request.method,
    size: row.size,
    root: head.root.toString('base64'),
    manifest: kept.manifestHash.toString('base64'),
    opened: counts.opened,
    closed: counts.closed,
    purpose: row.request.purpose,
    grant: row.request.grantId ?? undefined,
    key: row.keyId,
  });
  const expiresAtUs = builtAtUs + BigInt(limits.exportKeepMs) * 1000n;
  await inTransaction(db, async (client) => {
    if (!(await finishExport(client, row, { ...kept, builtAtUs, expiresAtUs }))) throw new ExportLost();
    const evidence = { kind: 'export', subjectId: row.exportId, body: leaf };
    await insertEvidence(client, row.tenantId, [evidence], builtAtUs);
  });
}
