/** What was presented as evidence is malformed or does not verify. It is never evidence of anything then. */
export class InvalidEvidence extends Error {
  override readonly name = 'InvalidEvidence';
}
