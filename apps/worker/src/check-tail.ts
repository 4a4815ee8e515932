import {
  checkBatches,
  raiseHalt,
  readCheckProgress,
  saveCheckProgress,
  type Database,
  type Violation,
} from '#store';
import { v5 as uuidFromName } from 'uuid';
import { NAMESPACE } from './posting-facts.ts';

/** Posting commits of one tenant that are looked at in one turn. */
const BATCHES_PER_TURN = 200;

export interface CheckParts {
  readonly db: Database;
  readonly nowUs: () => bigint;
  readonly onViolation: (violation: Violation) => void;
}

/**
 * Holds the posting commits that were sealed since the last turn against the log and against themselves. What is wrong
 * stops the posting of its tenant until an admin clears it; spans, outcomes and other facts are accepted meanwhile.
 *
 * @returns posting commits looked at
 */
export async function checkTail(parts: CheckParts): Promise<number> {
  let looked = 0;
  for (const { tenantId, leafIndex } of await readCheckProgress(parts.db)) {
    const { violations, nextIndex, batches } = await checkBatches(
      parts.db,
      tenantId,
      leafIndex,
      BATCHES_PER_TURN,
    );
    for (const violation of violations) {
      const name = `halt ${tenantId} ${violation.invariant}\n${violation.subject}\n${violation.found}`;
      await raiseHalt(parts.db, violation, uuidFromName(name, NAMESPACE), parts.nowUs());
      parts.onViolation(violation);
    }
    if (batches > 0) await saveCheckProgress(parts.db, tenantId, nextIndex, parts.nowUs());
    looked += batches;
  }
  return looked;
}
