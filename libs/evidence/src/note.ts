import { decodeBase64 } from './base64.ts';
import { InvalidEvidence } from './errors.ts';
import { COSIGNATURE, isKeyName, LOG_SIGNATURE, type NoteSigner, type NoteVerifier } from './note-key.ts';

/** A signature that was verified. `signedAtSeconds` is a witness's own clock; the log's has no time. */
export interface VerifiedSignature {
  readonly name: string;
  readonly keyId: string;
  readonly publicKey: Buffer;
  readonly signedAtSeconds: bigint | null;
}

export interface OpenedNote {
  /** What was signed, the newline at its end included. */
  readonly text: string;
  readonly signatures: readonly VerifiedSignature[];
}

// The specification asks for at least 16; a log that rotates its key and has a dozen witnesses needs about that.
const MAX_SIGNATURES = 64;
const MAX_NOTE_CHARACTERS = 1_000_000;

/**
 * A signed note (C2SP signed-note, Ed25519): the text, an empty line, one line for each signer in their order.
 * During a key rotation the old and the new key both sign.
 *
 * @param text ends in a newline, has no other control characters
 * @throws RangeError when the text cannot be signed
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!isNoteText(text)) throw new RangeError('a note text ends in a newline and has no control characters');
  const lines = signers.map((signer) => signatureLine(signer, signer.sign(Buffer.from(text))));
  return `${text}\n${lines.join('')}`;
}

/**
 * A witness's signature line for a checkpoint text (C2SP tlog-cosignature, cosignature/v1, Ed25519).
 *
 * @param signer of type 0x04
 * @param signedAtSeconds the witness's clock, POSIX seconds
 */
export function cosign(text: string, signer: NoteSigner, signedAtSeconds: bigint): string {
  if (signer.type !== COSIGNATURE) throw new RangeError(`${signer.name} is not a witness's key`);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(signedAtSeconds);
  return signatureLine(
    signer,
    Buffer.concat([time, signer.sign(Buffer.from(cosignedMessage(text, signedAtSeconds)))]),
  );
}

/**
 * Opens a note: every signature by a known key (name and key id) must verify, unknown ones are passed over.
 *
 * @throws InvalidEvidence when the note is malformed, a known key's signature is wrong, or none is known
 */
export function openNote(note: string, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, lines } = splitNote(note);
  const signatures = lines.flatMap((line): VerifiedSignature[] => {
    const known = verifiers.find((key) => key.name === line.name && key.keyId === line.keyId);
    if (known === undefined) return [];
    const signedAtSeconds = verifyLine(text, line.signature, known);
    if (signedAtSeconds === false)
      throw new InvalidEvidence(`the signature of ${line.name} does not fit the text`);
    return [{ name: known.name, keyId: known.keyId, publicKey: known.publicKey, signedAtSeconds }];
  });
  if (signatures.length === 0) throw new InvalidEvidence('no signature by a known key');
  return { text, signatures };
}

/** False when the signature is wrong; otherwise its time, or null for a type that has none. */
function verifyLine(text: string, signature: Buffer, key: NoteVerifier): bigint | null | false {
  if (key.type === LOG_SIGNATURE) return key.verify(Buffer.from(text), signature) ? null : false;
  if (signature.length !== 8 + 64) return false;
  const time = signature.readBigUInt64BE();
  return key.verify(Buffer.from(cosignedMessage(text, time)), signature.subarray(8)) ? time : false;
}

function splitNote(note: string): {
  text: string;
  lines: { name: string; keyId: string; signature: Buffer }[];
} {
  const blank = note.lastIndexOf('\n\n');
  const text = note.slice(0, blank + 1);
  const signed = note.slice(blank + 2);
  if (blank < 0 || note.length > MAX_NOTE_CHARACTERS || !isNoteText(text) || !signed.endsWith('\n'))
    throw new InvalidEvidence('not a signed note');
  const lines = signed.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new InvalidEvidence(`a note of ${lines.length} signatures`);
  return { text, lines: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): { name: string; keyId: string; signature: Buffer } {
  const [dash, name, encoded, ...more] = line.split(' ');
  const bytes = encoded === undefined ? null : decodeBase64(encoded);
  if (dash !== '—' || more.length > 0 || !isKeyName(name ?? '') || bytes === null || bytes.length < 5)
    throw new InvalidEvidence('a signature line of the note is malformed');
  return { name: name!, keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) };
}

const signatureLine = (signer: NoteSigner, signature: Buffer): string =>
  `— ${signer.name} ${Buffer.concat([Buffer.from(signer.keyId, 'hex'), signature]).toString('base64')}\n`;

const cosignedMessage = (text: string, seconds: bigint): string => `cosignature/v1\ntime ${seconds}\n${text}`;

/** Well-formed, ends in a newline, no other ASCII control character. */
const isNoteText = (text: string): boolean =>
  text.isWellFormed() &&
  text.endsWith('\n') &&
  Buffer.from(text).every((byte) => byte >= 0x20 || byte === 0x0a);
