import { parseRef, toRef, type Ref, type TraceId } from '#model';
import { parseStep, type TrailFacts } from '#trails';
import type { Client } from '../connection/database.ts';
import { readSealedAtUs } from '../evidence/read-sealed-at.ts';
import { readRelatedItems } from '../outcomes/read-related-items.ts';
import { readWorkItemAt } from '../work-items/read-work-items.ts';
import { readDecisionsAt } from './decisions.ts';
import { readAttemptsAt, readTracesNaming, type AttemptAt } from './read-attempts-at.ts';
import { readEntriesAt } from './read-entries-at.ts';
import { readCostLinesAt, readLinkDecisionsAt } from './read-facts-of-people-at.ts';
import { readOutcomesAt } from './read-outcomes-at.ts';
import { readRefOfSurrogate } from './read-ref-of-surrogate.ts';
import { readRulesAt } from './read-rules-at.ts';
import { readStepsAt } from './read-steps-at.ts';
import { readSpanReceipts } from './read-span-receipts.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * @param name the id that names the work item in leaves, or `kind:key`
 * @returns null where the name is neither
 */
export async function refOfTrail(client: Client, tenantId: bigint, name: string): Promise<Ref | null> {
  if (UUID.test(name)) return readRefOfSurrogate(client, tenantId, name);
  const colon = name.indexOf(':');
  return colon < 1 || colon === name.length - 1
    ? null
    : toRef(name.slice(0, colon), tenantId, name.slice(colon + 1));
}

/** Which traces a trail is made of. */
export interface TrailPlaces {
  /** The id that names the work item in leaves. */
  readonly surrogateId: string;
  readonly traceIds: readonly TraceId[];
}

/** @returns null where nothing below that size knew the work item: as `readTrailFacts`, without the facts */
export async function readTrailPlaces(
  client: Client,
  tenantId: bigint,
  ref: Ref,
  size: number,
): Promise<TrailPlaces | null> {
  const item = await readWorkItemAt(client, tenantId, ref, size);
  if (item === null) return null;
  const { traceIds } = await readStanding(client, tenantId, ref, size);
  return { surrogateId: item.surrogateId, traceIds };
}

/** The attempts of all traces that name the item, and those traces that stood at it. */
async function readStanding(
  client: Client,
  tenantId: bigint,
  ref: Ref,
  size: number,
): Promise<{ naming: TraceId[]; standing: AttemptAt[]; traceIds: TraceId[] }> {
  const naming = await readTracesNaming(client, tenantId, [ref]);
  const standing = await readAttemptsAt(client, tenantId, naming, size);
  const ofItem = standing.filter(({ workItemRef }) => workItemRef === ref);
  return { naming, standing, traceIds: [...new Set(ofItem.map(({ traceId }) => traceId))].sort() };
}

/**
 * Everything the first `size` leaves of the log know about a work item. All of it are records, or projections as they
 * stood by their posting commits, so the answer for one size never changes (docs/adr/012, 021).
 *
 * @returns null where nothing below that size knew the work item
 */
export async function readTrailFacts(
  client: Client,
  tenantId: bigint,
  ref: Ref,
  size: number,
): Promise<TrailFacts | null> {
  const item = await readWorkItemAt(client, tenantId, ref, size);
  if (item === null) return null;
  const merged = await mergedInto(client, tenantId, ref, size);
  const { naming, standing, traceIds } = await readStanding(client, tenantId, ref, size);
  const receipts = new Map(
    (await readSpanReceipts(client, tenantId, traceIds, size)).map((receipt) => [
      `${receipt.traceId} ${receipt.spanId} ${receipt.startedAtUs}`,
      receipt.leaf,
    ]),
  );
  return {
    size,
    sealedAtUs: await readSealedAtUs(client, tenantId, size),
    item,
    merged,
    steps: (await readStepsAt(client, tenantId, traceIds, size)).map(({ record, ...known }) => {
      const step = parseStep(record);
      const receipt = receipts.get(`${step.traceId} ${step.spanId} ${step.startedAtNs / 1000n}`);
      return { ...known, step, received: receipt ?? known.firstLeaf };
    }),
    attempts: standing.filter(({ traceId }) => traceIds.includes(traceId)),
    entries: await readEntriesAt(client, tenantId, traceIds, ref, size),
    outcomes: await readOutcomesAt(client, tenantId, [ref, ...merged], size),
    costLines: await readCostLinesAt(client, tenantId, ref, size),
    linkDecisions: await readLinkDecisionsAt(client, tenantId, naming, ref, size),
    told: await readDecisionsAt(client, tenantId, [ref], size),
    rules: await readRulesAt(client, tenantId, size),
  };
}

/** Items whose way of merges ended at this one, at that size. Almost always none. */
async function mergedInto(client: Client, tenantId: bigint, ref: Ref, size: number): Promise<Ref[]> {
  const related = await readRelatedItems(client, tenantId, [ref], ['merged_from']);
  const next = new Map<Ref, Ref | null>();
  for (const other of related)
    next.set(other, (await readWorkItemAt(client, tenantId, other, size))?.mergedInto ?? null);
  const endsHere = (from: Ref): boolean => {
    const seen = new Set<Ref>();
    for (let at: Ref | null = from; at !== null && !seen.has(at); at = next.get(at) ?? null) {
      seen.add(at);
      if (at === ref) return true;
    }
    return false;
  };
  return [...related].filter((other) => other !== ref && endsHere(other)).sort();
}

/** `ticket:8123`, as a person names it. */
export function nameOf(ref: Ref): string {
  const { kind, key } = parseRef(ref);
  return `${kind}:${key}`;
}
