import { InvalidEvidence } from '../errors.ts';
import { chargesAreTheJournals } from './claims-of-charges.ts';
import { closedContentHasItsReason, contentIsTheCommitted } from './claims-of-content.ts';
import { balancesFollow, costIsOwed, journalIsPosted } from './claims-of-ledger.ts';
import {
  checkpointIsSigned,
  checkpointIsTheManifests,
  filesAreTheListed,
  leavesAreInTheLog,
  manifestIsSigned,
  oldCheckpointsArePrefixes,
  timesGoForward,
  type CheckClaim,
} from './claims-of-log.ts';
import { readsAreLogged } from './claims-of-reads.ts';
import { replaysAreDerived, type DeriveTrail } from './claims-of-replays.ts';
import { revisionsAreUnbroken, spansAreTheReceived, stepsAreTheCommitted } from './claims-of-trails.ts';
import type { BundleFiles } from './manifest.ts';
import { OpenedBundle, type Trust } from './opened-bundle.ts';

/** One thing that a bundle claims, and whether it holds. */
export interface Claim {
  readonly name: ClaimName;
  readonly says: string;
  readonly holds: boolean;
  /** What was checked, or what does not hold. */
  readonly detail: string;
}

const CLAIMS = [
  ['manifest', 'the manifest is signed by the keys of the log', manifestIsSigned],
  ['files', 'every file is the one that was signed, none is missing or unknown', filesAreTheListed],
  ['checkpoint', 'the checkpoint is signed by the keys of the log', checkpointIsSigned],
  ['identity', 'origin, size, root and time are those of the manifest', checkpointIsTheManifests],
  ['old-checkpoint', 'older checkpoints are the beginning of this log', oldCheckpointsArePrefixes],
  ['log', 'every leaf stands in the log', leavesAreInTheLog],
  ['times', 'the times of sealing never go back', timesGoForward],
  ['revisions', 'no revision of a trace is missing', revisionsAreUnbroken],
  ['steps', 'the steps are those that were recorded', stepsAreTheCommitted],
  ['spans', 'every step comes from a span that was received', spansAreTheReceived],
  ['content', 'every opened content is what was committed to', contentIsTheCommitted],
  ['redactions', 'what is closed is listed with its reason', closedContentHasItsReason],
  ['journal', 'every transaction was posted, and balances', journalIsPosted],
  ['balances', 'the trial balances follow from the journal', balancesFollow],
  ['cost', 'all cost is owed to somebody, to the last unit', costIsOwed],
  ['charges', 'the charges sum to the journal', chargesAreTheJournals],
  ['replay', 'the decision trails follow from the steps', replaysAreDerived],
  ['reads', 'the listed reads stand in the access log', readsAreLogged],
] as const satisfies readonly (readonly [string, string, CheckClaim | typeof replaysAreDerived])[];

export type ClaimName = (typeof CLAIMS)[number][0];

/** What no bundle can prove; printed with every verdict. */
export const NOT_PROVEN = [
  'that the agents reported everything, or truthfully: only receipts, gaps and bills bound that',
  'that the clocks were right beyond what witnesses and receivers of checkpoints saw',
  'that there is no second log of the tenant, unless witnesses or an older checkpoint of yours vouch for this one',
  'that an outcome, link or cost line of the scope was not left out of a trail-chain bundle: a full-log bundle shows all',
];

/**
 * Checks a bundle claim by claim, offline: nothing is read but the files and what the checker brings along.
 *
 * @param trust keys and older checkpoints that did not come with the bundle
 * @param derive makes a trail again from its steps
 * @returns every claim in a fixed order; the bundle holds when all of them do
 */
export function verifyBundle(files: BundleFiles, trust: Trust, derive: DeriveTrail): Claim[] {
  const bundle = new OpenedBundle(files, trust);
  return CLAIMS.map(([name, says, check]) => {
    try {
      return { name, says, holds: true, detail: check(bundle, derive) };
    } catch (error) {
      // Whatever goes wrong with what others wrote is a claim that does not hold.
      return { name, says, holds: false, detail: reasonOf(error) };
    }
  });
}

const reasonOf = (error: unknown): string =>
  error instanceof InvalidEvidence
    ? error.message
    : `cannot be read: ${error instanceof Error ? error.message : 'unknown'}`;
