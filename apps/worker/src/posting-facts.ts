import {
  deriveAttempts,
  finalAtUs,
  firstKnownUs,
  foldWorkItem,
  idNameOf,
  NAMESPACE,
  followState,
  isGone,
  readItemEvents,
  withCircles,
  type Attempt,
  type AttemptPart,
  type ItemIdentity,
  type Rules,
  type WorkItemState,
} from '#attribution';
import { placementUnder, type CostPolicies } from '#ledger';
import { parseRef, type OutcomeDefinition, type Ref, type TraceId } from '#model';
import {
  lockWorkItems,
  readOutcomeEvents,
  readTraceRefs,
  replaceWorklist,
  updateWorkItems,
  upsertTraceRefs,
  type Client,
  type TraceRef,
  type WorkItemUpdate,
  type WorklistEntry,
} from '#store';
import { v5 as uuidFromName } from 'uuid';
import { groupBy } from './group-by.ts';
import { setAsideEntries, subjectOf } from './read-events.ts';
import { readFollow } from './read-follow.ts';

export { attemptIdOf, idNameOf, NAMESPACE, type ItemIdentity } from '#attribution';

/** What is known of a work item while its row is held. */
export interface HeldWorkItem extends ItemIdentity {
  /** Nothing was known of it before this transaction. */
  readonly isNew: boolean;
  readonly definition: OutcomeDefinition;
  readonly state: WorkItemState;
  /** Events that count. */
  readonly eventCount: number;
  /** Subjects of the worklist that the item's events have, and the entries that hold of them. */
  readonly eventSubjects: readonly string[];
  readonly setAside: readonly WorklistEntry[];
  readonly parts: readonly AttemptPart[];
  /** Each with its place under the policies of the tenant. */
  readonly attempts: readonly (Omit<Attempt, 'placement'> & { readonly placement: string })[];
  /** Events that handed it over to a person, by a name of their own. */
  readonly handOffs: readonly { readonly name: string; readonly atUs: bigint }[];
}

/** What the cost lines of an item come to, beside their money. */
export interface LineCounts {
  readonly costLines: number;
  readonly unpricedLines: number;
  readonly assumedLines: number;
  readonly humanMs: bigint;
}

export interface WorkItemHolder {
  readonly tenantId: bigint;
  readonly rules: Rules;
  readonly costPolicies: CostPolicies;
  readonly nowUs: bigint;
  readonly newSurrogateId: () => string;
}

/**
 * Holds work items until the end of the transaction and reads what is known of them: events, and the attempts
 * of every trace, those of `replaced` traces as given. Whoever holds an item sees all that earlier holders
 * committed, so two transactions about one item come to the same end in either order. A ref of a kind that no
 * definition knows, at whatever time, is no work item: it is left out.
 *
 * @param replaced what the caller's traces say now of their attempts; traces not in it are read as they stand
 */
export async function holdWorkItems(
  client: Client,
  holder: WorkItemHolder,
  refs: readonly Ref[],
  replaced: ReadonlyMap<TraceId, ReadonlyMap<Ref, readonly AttemptPart[]>>,
): Promise<Map<Ref, HeldWorkItem>> {
  const { tenantId, rules } = holder;
  const seeds = refs.flatMap((ref) => {
    const { kind, key } = parseRef(ref);
    const definition = rules.definitionOfItem(kind, []);
    return definition === null
      ? []
      : [{ ref, kind, key, surrogateId: holder.newSurrogateId(), ...namesOf(definition) }];
  });
  const known = seeds.map(({ ref }) => ref);
  const locked = await lockWorkItems(client, tenantId, seeds);
  const events = groupBy(await readOutcomeEvents(client, tenantId, known), ({ ref }) => ref);
  const others = await readTraceRefs(client, tenantId, known, [...replaced.keys()]);
  const standing = groupBy(others, ({ ref }) => ref);
  const given = groupBy(
    [...replaced.values()].flatMap((byRef) => [...byRef].map(([ref, parts]) => ({ ref, parts }))),
    ({ ref }) => ref,
  );
  const follow = await readFollow(client, tenantId, known, rules);
  const held = new Map<Ref, HeldWorkItem>();
  for (const { ref, kind, key } of seeds) {
    const parts = [
      ...(standing.get(ref) ?? []).flatMap(partsFromDetail),
      ...(given.get(ref) ?? []).flatMap(({ parts: ofTrace }) => ofTrace),
    ];
    const itsEvents = events.get(ref) ?? [];
    const read = withCircles(readItemEvents(itsEvents, rules), ref, follow);
    const context = { work: parts, definitionAt: (atUs: bigint) => rules.definition(kind, atUs) };
    const state = followState(ref, foldWorkItem(read.counted, context), follow);
    const stands = state.phase === 'achieved';
    const attempts = deriveAttempts(parts, state).map((attempt) => ({
      ...attempt,
      placement: placementUnder(
        holder.costPolicies.placementAt(attempt.startedAtUs),
        attempt.placement,
        stands,
      ),
    }));
    held.set(ref, {
      ref,
      ...locked.get(ref)!,
      definition: rules.definitionOfItem(kind, [state.phaseAtUs, firstKnownUs(attempts, read.counted)])!,
      state,
      eventCount: read.count,
      eventSubjects: itsEvents.map(subjectOf),
      setAside: setAsideEntries(read, key),
      parts,
      attempts,
      handOffs: read.counted
        .filter(({ effect }) => effect === 'handed_off')
        .map(({ source, eventId, occurredAtUs }) => ({ name: `${source}\n${eventId}`, atUs: occurredAtUs })),
    });
  }
  return held;
}

const namesOf = (definition: OutcomeDefinition): { outcomeType: string; definition: string } => ({
  outcomeType: definition.outcomeType,
  definition: `${definition.kind}@${definition.version}`,
});

/** What a held item has become. */
export const toUpdate = (
  { ref, definition, state, eventCount, attempts }: HeldWorkItem,
  lines: LineCounts,
): WorkItemUpdate => ({
  ref,
  ...namesOf(definition),
  phase: state.phase,
  phaseAtUs: state.phaseAtUs,
  finalAtUs: finalAtUs(state, definition),
  generation: state.generation,
  value: state.value,
  tier: state.tier,
  quality: state.quality,
  mergedInto: state.mergedInto?.survivor ?? null,
  splitFrom: state.splitFrom,
  deadline: state.deadline,
  eventCount,
  firstAttemptAtUs: attempts[0]?.startedAtUs ?? null,
  lastAttemptAtUs: attempts.at(-1)?.startedAtUs ?? null,
  ...lines,
});

/**
 * Writes what held items have become, and the worklist of outcomes without any spend or any meaning.
 *
 * @param batchId the posting commit this is part of
 * @returns how many items changed
 */
export async function saveWorkItems(
  client: Client,
  holder: WorkItemHolder,
  items: readonly HeldWorkItem[],
  lines: ReadonlyMap<Ref, LineCounts>,
  batchId: string,
): Promise<number> {
  const { tenantId, nowUs } = holder;
  const made = new Set(items.filter(({ isNew }) => isNew).map(({ ref }) => ref));
  const changed = await updateWorkItems(
    client,
    tenantId,
    items.map((item) => toUpdate(item, lines.get(item.ref)!)),
    (ref) => made.has(ref),
    batchId,
  );
  const unmatched = items
    .filter(({ parts, eventCount, state }) => parts.length === 0 && eventCount > 0 && !isGone(state))
    .map(({ ref, idSeed, eventCount }): WorklistEntry => ({
      id: uuidFromName(`unmatched_outcome ${tenantId} ${idNameOf({ ref, idSeed })}`, NAMESPACE),
      kind: 'unmatched_outcome',
      reason: 'no_spend',
      subject: ref,
      detail: { kind: parseRef(ref).kind, key: parseRef(ref).key, events: eventCount },
    }));
  await replaceWorklist(
    client,
    tenantId,
    ['unmatched_outcome'],
    items.flatMap(({ ref, eventSubjects }) => [ref, ...eventSubjects]),
    [...unmatched, ...items.flatMap(({ setAside }) => setAside)],
    nowUs,
  );
  return changed;
}

/** Stores what traces say of their attempts at each item; an item they no longer belong to gets none. */
export async function savePartsOfTraces(
  client: Client,
  tenantId: bigint,
  replaced: ReadonlyMap<TraceId, ReadonlyMap<Ref, readonly AttemptPart[]>>,
  startedAtUs: (traceId: TraceId) => bigint,
): Promise<void> {
  const rows = [...replaced].flatMap(([traceId, byRef]) =>
    [...byRef].map(([ref, parts]): TraceRef => ({
      ref,
      traceId,
      startedAtUs: startedAtUs(traceId),
      detail: parts.map(({ traceId: _trace, ...part }) => ({
        ...part,
        startedAtUs: part.startedAtUs.toString(),
        endedAtUs: part.endedAtUs.toString(),
      })),
    })),
  );
  await upsertTraceRefs(client, tenantId, rows);
}

/** An attempt part as `savePartsOfTraces` stores it. */
interface StoredPart extends Pick<AttemptPart, 'keyKind' | 'key'> {
  readonly startedAtUs: string;
  readonly endedAtUs: string;
}
const isStoredParts = (detail: unknown): detail is readonly StoredPart[] => Array.isArray(detail);

function partsFromDetail({ traceId, detail }: TraceRef): AttemptPart[] {
  if (!isStoredParts(detail)) return [];
  return detail.map((part) => ({
    traceId,
    keyKind: part.keyKind,
    key: part.key,
    startedAtUs: BigInt(part.startedAtUs),
    endedAtUs: BigInt(part.endedAtUs),
  }));
}
