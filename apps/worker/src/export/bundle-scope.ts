import { RejectedInput, type Ref, type TraceId } from '#model';
import {
  nameOf,
  readRefsBelow,
  readTracesBelow,
  readTrailPlaces,
  refOfTrail,
  type Client,
  type ExportScope,
} from '#store';

/** What a bundle is about, at its size. */
export interface BundleScope {
  readonly traceIds: readonly TraceId[];
  readonly refs: readonly Ref[];
  /** The work item of each trail, by the id that names it in leaves, in the order of those ids. */
  readonly trails: ReadonlyMap<string, Ref>;
  /** Which transactions belong to it. */
  readonly postings:
    | { readonly postingIds: readonly string[]; readonly refs: readonly Ref[] }
    | { readonly month: string | null };
  /** What reads of content are about it; null = all. */
  readonly subjects: readonly string[] | null;
}

/**
 * Finds what a scope holds at a size of the log.
 *
 * @throws RejectedInput `not_found` for a work item that the size does not know, `too_large` for too many traces
 */
export async function readBundleScope(
  client: Client,
  tenantId: bigint,
  scope: ExportScope,
  size: number,
  maxTraces: number,
): Promise<BundleScope> {
  if (scope.kind === 'work_items') return itemsScope(client, tenantId, scope.workItems, size, maxTraces);
  const month = scope.kind === 'period' ? scope.period : null;
  const traceIds = await readTracesBelow(client, tenantId, size, month, maxTraces);
  checkCount(traceIds.length, maxTraces);
  const refs = await readRefsBelow(client, tenantId, traceIds, size);
  const { trails, traceIds: ofTrails } = await readTrails(client, tenantId, refs, size);
  // A trail has all traces of its item, those of other months too.
  return {
    traceIds: together([...traceIds, ...ofTrails], maxTraces),
    refs,
    trails,
    postings: { month },
    subjects: null,
  };
}

async function itemsScope(
  client: Client,
  tenantId: bigint,
  workItems: readonly string[],
  size: number,
  maxTraces: number,
): Promise<BundleScope> {
  const refs: Ref[] = [];
  for (const name of workItems) {
    const ref = await refOfTrail(client, tenantId, name);
    if (ref === null) throw new RejectedInput('not_found', `there is no work item ${name}`, 'workItems');
    if (!refs.includes(ref)) refs.push(ref);
  }
  refs.sort();
  const { trails, traceIds: ofTrails } = await readTrails(client, tenantId, refs, size);
  const known = new Set(trails.values());
  const unknown = refs.find((ref) => !known.has(ref));
  if (unknown !== undefined)
    throw new RejectedInput(
      'not_found',
      `the log of ${size} leaves does not know ${nameOf(unknown)}`,
      'workItems',
    );
  const traceIds = together(ofTrails, maxTraces);
  return {
    traceIds,
    refs,
    trails,
    postings: { postingIds: traceIds, refs },
    subjects: refs.map(nameOf),
  };
}

async function readTrails(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
  size: number,
): Promise<{ trails: Map<string, Ref>; traceIds: TraceId[] }> {
  const trails: [string, Ref][] = [];
  const traceIds: TraceId[] = [];
  for (const ref of refs) {
    const places = await readTrailPlaces(client, tenantId, ref, size);
    if (places === null) continue;
    trails.push([places.surrogateId, ref]);
    traceIds.push(...places.traceIds);
  }
  return { trails: new Map(trails.sort(([a], [b]) => (a < b ? -1 : 1))), traceIds };
}

function together(traceIds: readonly TraceId[], maxTraces: number): TraceId[] {
  const each = [...new Set(traceIds)].sort();
  checkCount(each.length, maxTraces);
  return each;
}

function checkCount(traces: number, maxTraces: number): void {
  if (traces > maxTraces)
    throw new RejectedInput('too_large', `a bundle has at most ${maxTraces} traces: ask for less`, 'scope');
}
