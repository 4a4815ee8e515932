import { formatAddCheckpoint, proveConsistency, readWitnessAnswer, type WitnessAnswer } from '#evidence';
import {
  insertCosignature,
  nodeReader,
  readCosignedSize,
  type Database,
  type LogName,
  type SignedCheckpoint,
} from '#store';

/** Somebody who looks at each checkpoint, once, and signs that it continues what they saw before. */
export interface Witness {
  readonly name: string;
  readonly vkey: string;
  /** Prefix of its addresses, without a final slash. */
  readonly url: string;
}

/** A log of a tenant. */
export interface PublishedLog {
  readonly tenantId: bigint;
  readonly log: LogName;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 100_000;

/**
 * Asks a witness to cosign a checkpoint (C2SP tlog-witness), and keeps what it signed. One that saw another size says
 * so and is asked once more from there.
 *
 * @returns what it answered; `behind` where it saw more than there is
 * @throws Error where it cannot be reached
 */
export async function askWitness(
  db: Database,
  { tenantId, log }: PublishedLog,
  checkpoint: SignedCheckpoint,
  witness: Witness,
): Promise<WitnessAnswer> {
  let from = await readCosignedSize(db, tenantId, log, witness.vkey);
  let answer = await ask(db, { tenantId, log }, checkpoint, witness, from);
  if (answer.kind === 'behind' && answer.size <= checkpoint.size && answer.size !== from) {
    from = answer.size;
    answer = await ask(db, { tenantId, log }, checkpoint, witness, from);
  }
  if (answer.kind === 'cosigned')
    await insertCosignature(db, tenantId, log, {
      size: checkpoint.size,
      witness: witness.vkey,
      line: answer.line,
      signedAtUs: answer.signedAtSeconds * 1_000_000n,
    });
  return answer;
}

async function ask(
  db: Database,
  { tenantId, log }: PublishedLog,
  { size, note }: SignedCheckpoint,
  { url, vkey }: Witness,
  from: number,
): Promise<WitnessAnswer> {
  const hashes = await proveConsistency(nodeReader(db, tenantId, log), from, size);
  const answer = await fetch(`${url}/add-checkpoint`, {
    method: 'POST',
    body: formatAddCheckpoint(from, hashes, note),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  });
  const body = Buffer.from(await answer.arrayBuffer())
    .subarray(0, MAX_ANSWER_BYTES)
    .toString();
  return readWitnessAnswer(note, vkey, answer.status, body);
}
