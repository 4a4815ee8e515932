/** One thing that was checked in the browser. */
export interface Check {
  readonly what: string;
  readonly holds: boolean;
  /** What was compared, or why it does not hold. */
  readonly detail: string;
}

/** A checkpoint whose signature holds. */
export interface CheckedCheckpoint {
  readonly origin: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
}
