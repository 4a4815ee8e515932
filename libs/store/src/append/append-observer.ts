import type { StoredGroup } from './store-group.ts';

/** Is told what happens to groups: for metrics and the log. Must not throw. */
export interface AppendObserver {
  /** A group is durable; `bytes` of COPY stream, `milliseconds` from the first statement to the COMMIT. */
  stored(group: StoredGroup, size: { readonly bytes: number; readonly milliseconds: number }): void;
  /** A group of so many requests was not stored; none: an attempt to connect failed. */
  failed(error: unknown, requests: number): void;
}
