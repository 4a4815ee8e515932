/** What the leaf of a rule says of the preview it was recorded by. */
export interface PreviewProof {
  readonly preview: string;
  /** Base64. */
  readonly digest: string;
  readonly requestedBy: string;
  /** null: nobody had to approve it. */
  readonly approvedBy: string | null;
  readonly [key: string]: string | null;
}
