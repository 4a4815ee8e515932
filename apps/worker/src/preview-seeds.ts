import { parseRef, RejectedInput, RESERVED_REF_KINDS, type Ref, type TraceId } from '#model';
import { readConnected, readMarks, type Client, type OpenCause } from '#store';
import type { CausePage } from './cause-pages.ts';

/** A page with everything that what is posted for it may depend on. */
export interface SeededPage {
  readonly traceIds: readonly TraceId[];
  /** Work items that are posted beside those of the traces. */
  readonly refs: readonly Ref[];
  readonly cursor: string | null;
  /** What pages to come need not work again. */
  readonly marks: readonly string[];
}

/** Traces that can be worked in one transaction. */
const MAX_CONNECTED = 20_000;

/**
 * Widens a page to all that hangs together with it, because pages are rolled back one by one and none sees another.
 * What an earlier page has worked with its own is left out: each trace and item is worked once.
 *
 * @throws RejectedInput `unprocessable` where more hangs together than can be worked at once
 */
export async function connectedTo(
  client: Client,
  { tenantId, causeId, kind }: Pick<OpenCause, 'tenantId' | 'causeId' | 'kind'>,
  page: CausePage,
): Promise<SeededPage> {
  const isOfItems = page.refs.length > 0;
  const seeds = isOfItems ? page.refs : page.traceIds;
  const nameOf = (seed: string): string => (isOfItems ? itemMark(seed) : traceMark(seed));
  const worked = await readMarks(client, tenantId, causeId, seeds.map(nameOf));
  const traceIds = new Set<TraceId>();
  const refs = new Set<Ref>();
  for (const seed of seeds) {
    if (worked.has(nameOf(seed)) || (isOfItems ? refs : traceIds).has(seed)) continue;
    const from = isOfItems ? { traceIds: [], refs: [seed] } : { traceIds: [seed], refs: [] };
    const found = await readConnected(client, tenantId, causeId, from, MAX_CONNECTED);
    if (found === null)
      throw new RejectedInput(
        'unprocessable',
        `more than ${MAX_CONNECTED} traces hang together with ${seed}: what they would move cannot be worked out at once`,
      );
    for (const traceId of found.traceIds) traceIds.add(traceId);
    for (const ref of found.refs) refs.add(ref);
  }
  return {
    traceIds: [...traceIds],
    refs: isOfItems ? [...refs].filter(mayBeItem) : [],
    cursor: page.cursor,
    marks: isOfItems
      ? marksOfItems(kind, seeds, refs, traceIds)
      : [...traceIds].filter((traceId) => traceId > (seeds.at(-1) ?? '')).map(traceMark),
  };
}

/** A policy is worked over items first, then over all traces; a definition over items alone. */
function marksOfItems(
  kind: string,
  seeds: readonly Ref[],
  refs: ReadonlySet<Ref>,
  traceIds: ReadonlySet<TraceId>,
): string[] {
  const later = [...refs].filter((ref) => ref > (seeds.at(-1) ?? ''));
  return [...later.map(itemMark), ...(kind === 'definition' ? [] : [...traceIds].map(traceMark))];
}

const itemMark = (ref: Ref): string => `item ${ref}`;
const traceMark = (traceId: TraceId): string => `trace ${traceId}`;
const mayBeItem = (ref: Ref): boolean => {
  const { kind } = parseRef(ref);
  return RESERVED_REF_KINDS.every((reserved) => reserved !== kind);
};
