import { makeSigner } from '#evidence';
import { readLog, readLogsToSeal, readSigningSeeds, type Database } from '#store';
import type { ExportParts } from './build-exports.ts';

/** The keys of the key directory that sign a tenant's log now: a bundle is signed by the same. */
export function signersOf(db: Database, keyDir: string): ExportParts['signersOf'] {
  return async (tenantId) => {
    const log = await readLog(db, tenantId);
    const tenant = (await readLogsToSeal(db)).find((each) => each.tenantId === tenantId)?.slug;
    if (log === null || tenant === undefined) throw new Error(`tenant ${tenantId} has no log`);
    const seeds = await readSigningSeeds(keyDir);
    const signers = seeds
      .map((seed) => makeSigner(log.origin, seed))
      .filter(({ vkey }) => log.vkeys.includes(vkey));
    if (signers.length === 0) throw new Error(`${keyDir} holds no key of the log ${log.origin}`);
    return { tenant, signers };
  };
}
