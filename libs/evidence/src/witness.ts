import { InvalidEvidence } from './errors.ts';
import { openNote } from './note.ts';
import { COSIGNATURE, parseVerifierKey } from './note-key.ts';

/**
 * The body of a request to a witness (C2SP tlog-witness, add-checkpoint): what it saw last, the proof that the
 * checkpoint continues it, and the checkpoint.
 *
 * @param oldSize size of the checkpoint that the witness cosigned last; 0 = none
 * @param hashes RFC 6962 consistency proof from there; at most 63
 */
export const formatAddCheckpoint = (oldSize: number, hashes: readonly Buffer[], note: string): string =>
  `old ${oldSize}\n${hashes.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;

/** What a witness's answer means. */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly line: string; readonly signedAtSeconds: bigint }
  /** It saw another size: the proof has to begin there. */
  | { readonly kind: 'behind'; readonly size: number }
  /** It says that the log forked: somebody has to look. */
  | { readonly kind: 'fork' }
  | { readonly kind: 'refused'; readonly reason: string };

const REFUSALS = new Map([
  [400, 'it cannot read the request'],
  [403, 'it does not know the key of the log'],
  [404, 'it does not know the log'],
]);

/**
 * Reads the answer of a witness (C2SP tlog-witness). A cosignature counts only if it verifies over the checkpoint that
 * was sent, under the witness's own key.
 *
 * @param vkey of the witness, of signature type 0x04
 */
export function readWitnessAnswer(note: string, vkey: string, status: number, body: string): WitnessAnswer {
  if (status === 409 && /^(0|[1-9]\d{0,15})\n$/.test(body)) return { kind: 'behind', size: Number(body) };
  if (status === 422) return { kind: 'fork' };
  if (status !== 200)
    return { kind: 'refused', reason: REFUSALS.get(status) ?? `it answered with status ${status}` };
  const witness = parseVerifierKey(vkey);
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  for (const line of body.split('\n').filter((each) => each.startsWith(`— ${witness.name} `))) {
    const cosigned = openCosigned(`${text}\n${line}\n`, vkey);
    if (cosigned !== null) return { kind: 'cosigned', line: `${line}\n`, signedAtSeconds: cosigned };
  }
  return { kind: 'refused', reason: 'its answer holds no signature of it that verifies' };
}

function openCosigned(note: string, vkey: string): bigint | null {
  try {
    return openNote(note, [parseVerifierKey(vkey)]).signatures[0]?.signedAtSeconds ?? null;
  } catch (error) {
    if (error instanceof InvalidEvidence) return null;
    throw error;
  }
}

/** @throws InvalidEvidence for a key that is not a witness's */
export function mustBeWitnessKey(vkey: string): string {
  const { name, type } = parseVerifierKey(vkey);
  if (type !== COSIGNATURE) throw new InvalidEvidence(`the key of ${name} is not a witness's`);
  return name;
}
