import { decodeBase64 } from '../base64.ts';
import { canonicalJson } from '../canonical-json.ts';
import { InvalidEvidence } from '../errors.ts';
import type { NoteSigner, NoteVerifier } from '../note-key.ts';
import { listOf, objectOf, readCanonical, textOf } from './read-json.ts';

/** Media type of an in-toto Statement. */
export const STATEMENT_TYPE = 'application/vnd.in-toto+json';

/** What is signed of a payload (DSSE v1, pre-authentication encoding): no other text has the same bytes. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/**
 * A DSSE v1 envelope around an in-toto Statement, as RFC 8785 JSON; Ed25519 gives the same bytes for the same payload
 * and keys. `keyid` is the key id of the vkey.
 *
 * The keys are those of the log. What they sign there begins with the log's name and a newline; this begins with
 * `DSSEv1 ` and a name has no spaces: neither can be taken for the other.
 */
export function signEnvelope(payload: Buffer, signers: readonly NoteSigner[]): string {
  const message = preAuthenticationEncoding(STATEMENT_TYPE, payload);
  return canonicalJson({
    payload: payload.toString('base64'),
    payloadType: STATEMENT_TYPE,
    signatures: signers.map(({ keyId, sign }) => ({
      keyid: keyId,
      sig: sign(message).toString('base64'),
    })),
  });
}

/**
 * Opens an envelope that all of the keys signed, and nobody else: a signature that cannot be checked is no evidence.
 *
 * @returns the payload
 * @throws InvalidEvidence when it is malformed or a signature is missing, wrong or by an unknown key
 */
export function openEnvelope(bytes: Buffer, verifiers: readonly NoteVerifier[]): Buffer {
  const envelope = readCanonical(bytes, 'the envelope');
  const payload = decodeBase64(textOf(envelope['payload'], 'payload'));
  if (payload === null) throw new InvalidEvidence('the payload is not base64');
  if (envelope['payloadType'] !== STATEMENT_TYPE)
    throw new InvalidEvidence(`the payload is not of type ${STATEMENT_TYPE}`);
  const message = preAuthenticationEncoding(STATEMENT_TYPE, payload);
  const signed = new Set<string>();
  for (const each of listOf(envelope['signatures'], 'signatures')) {
    const { keyid, sig } = objectOf(each, 'a signature');
    const verifier = verifiers.find(({ keyId }) => keyId === keyid);
    if (verifier === undefined)
      throw new InvalidEvidence(`no known key has the id ${textOf(keyid, 'keyid')}`);
    const signature = decodeBase64(textOf(sig, 'sig'));
    if (signature === null || !verifier.verify(message, signature))
      throw new InvalidEvidence(`the signature of ${verifier.name} does not fit the manifest`);
    signed.add(verifier.keyId);
  }
  const missing = verifiers.find(({ keyId }) => !signed.has(keyId));
  if (missing !== undefined || signed.size === 0)
    throw new InvalidEvidence(`the signature of ${missing?.name ?? 'any known key'} is missing`);
  return payload;
}
