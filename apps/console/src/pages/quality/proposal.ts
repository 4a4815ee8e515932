import type { WorkItemName } from '../../url/addresses.ts';

/** What a person is about to say of whose steps are: the trace, the item, or both. */
export interface Proposal {
  readonly traceId: string | null;
  readonly workItem: WorkItemName | null;
}
