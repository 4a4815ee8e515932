import {
  itemTarget,
  placeLine,
  postWithReversals,
  priceLine,
  timeOfLine,
  takeBack,
  type ApprovedReversal,
  type CostPolicies,
  type PlacedLine,
  type StandingOutcome,
} from '#ledger';
import type { LedgerTransaction, Ref, SpanId, TransactionCode } from '#model';
import { advancePostings, readPosted, type Client } from '#store';
import { v5 as uuidFromName } from 'uuid';
import { readLinesOfItems, usageIdOf, type ItemLine } from './cost-lines-of-items.ts';
import { groupBy } from './group-by.ts';
import { readApprovedReversals } from './read-cost-facts.ts';
import {
  attemptIdOf,
  idNameOf,
  NAMESPACE,
  type HeldWorkItem,
  type ItemIdentity,
  type LineCounts,
  type WorkItemHolder,
} from './posting-facts.ts';

export interface ItemPostings {
  readonly transactions: readonly LedgerTransaction[];
  readonly lines: ReadonlyMap<Ref, LineCounts>;
}

/**
 * The posting of what belongs to a work item besides its traces: outcome count, value, cost lines. 32 hex digits. An item
 * whose key was erased keeps the one it had: it is what is left of its name (docs/adr/022).
 */
export const itemPostingId = (item: ItemIdentity): string =>
  ERASED.exec(item.ref)?.[1] ?? uuidFromName(`work item ${idNameOf(item)}`, NAMESPACE).replaceAll('-', '');

const ERASED = /^[a-z][a-z0-9_]*:\d+:erased-([0-9a-f]{32})$/;

/** The key that an erased work item has from then on. */
export const erasedKeyOf = (item: ItemIdentity): string => `erased-${itemPostingId(item)}`;

/**
 * What is to be posted for held items: target minus posted, one posting per item. Whoever holds an item's row posts
 * for it alone, so its posting needs no lock of its own before it is read; its version is advanced only where
 * something is posted. Idempotent.
 *
 * @param causeOf the fact that is being worked through
 */
export async function itemPostings(
  client: Client,
  holder: WorkItemHolder,
  items: readonly HeldWorkItem[],
  causeOf: (ref: Ref) => string,
): Promise<ItemPostings> {
  const lines = await readLinesOfItems(client, holder, items);
  const known = items.filter(({ isNew }) => !isNew).map(itemPostingId);
  const posted = groupBy(await readPosted(client, holder.tenantId, known), ({ postingId }) => postingId);
  const reversals = await readApprovedReversals(client, holder.tenantId, known);
  const counts = new Map<Ref, LineCounts>();
  const drafts = items.flatMap((item) => {
    const placed = placeLines(item, lines.get(item.ref)!, holder.costPolicies);
    counts.set(item.ref, placed.counts);
    const postingId = itemPostingId(item);
    const targetOf = (taken: readonly ApprovedReversal[]) =>
      itemTarget(item.ref, outcomeOf(item), takeBack(placed.lines, taken));
    const times = new Map(placed.lines.map(({ line }) => [line.usageId, line.occurredAtUs]));
    return postWithReversals(targetOf, posted.get(postingId) ?? [], reversals.get(postingId) ?? [], {
      postingId,
      cause: causeOf(item.ref),
      transactionId: (code) => code,
      effectiveAtUs: (code, usages) => effectiveAt(item, code, usages, times),
    });
  });
  const versions = await advancePostings(client, holder.tenantId, [
    ...new Set(drafts.map(({ postingId }) => postingId)),
  ]);
  const transactions = drafts.map((draft) => ({
    ...draft,
    transactionId:
      draft.code === 'C900'
        ? draft.transactionId
        : uuidFromName(
            `transaction ${draft.postingId} ${versions.get(draft.postingId)} ${draft.code}`,
            NAMESPACE,
          ),
  }));
  return { transactions, lines: counts };
}

/** Each settlement is a usage of its own: what was reopened is taken back on its day, what follows counts on another. */
function outcomeOf(item: HeldWorkItem): StandingOutcome | null {
  const { definition, state } = item;
  const last = state.settlements.at(-1);
  if (state.phase !== 'achieved' || last === undefined) return null;
  return {
    usageId: usageIdOf(`outcome ${idNameOf(item)} ${last.generation}`),
    kind: definition.kind,
    outcomeType: definition.outcomeType,
    achievedAtUs: last.atUs,
    value: state.value,
  };
}

function placeLines(
  item: HeldWorkItem,
  lines: readonly ItemLine[],
  policies: CostPolicies,
): { lines: PlacedLine[]; counts: LineCounts } {
  const placed: PlacedLine[] = [];
  const counts = { costLines: lines.length, unpricedLines: 0, assumedLines: 0, humanMs: 0n };
  for (const { line, traceId, partOf } of lines) {
    const isNotPriced = line.source === 'human_steps' && line.role === null;
    if (line.kind === 'human') counts.humanMs += partOf(timeOfLine(line) ?? 0n);
    if (isNotPriced) {
      counts.costLines -= 1;
      continue;
    }
    const charge = priceLine(line, policies.labourRatesAt(line.occurredAtUs));
    if (charge.state === 'unpriced') {
      counts.unpricedLines += 1;
      continue;
    }
    if (charge.grade === 'assumed') counts.assumedLines += 1;
    const attempt = attemptOf(item, line.attemptId, traceId);
    placed.push({
      usageSpanId: line.usageId,
      priceId: null,
      line: { ...line, attemptId: attempt?.attemptId ?? null },
      asset: charge.asset,
      amountPico: partOf(charge.amountPico),
      placement:
        attempt?.placement ??
        placeLine(line.occurredAtUs, item.state, policies.placementAt(line.occurredAtUs)),
    });
  }
  return { lines: placed, counts };
}

/** The attempt a line names, by its id or by a trace that is of one attempt alone. */
function attemptOf(
  item: HeldWorkItem,
  attemptId: string | null,
  traceId: string | null,
): { attemptId: string; placement: string } | null {
  if (attemptId === null && traceId === null) return null;
  const { attempts, parts } = item;
  const keys = new Set(
    parts.filter((part) => part.traceId === traceId).map(({ keyKind, key }) => `${keyKind}:${key}`),
  );
  const named = attempts
    .map(({ key, placement }) => ({ key, placement, attemptId: attemptIdOf(item, key) }))
    .filter((each) => each.attemptId === attemptId || keys.has(each.key));
  const [only] = named;
  return only === undefined || named.length > 1 ? null : only;
}

/** A settlement takes effect when the business says it did; a line when it occurred. */
function effectiveAt(
  { state, attempts }: HeldWorkItem,
  code: TransactionCode,
  usages: readonly SpanId[],
  times: ReadonlyMap<SpanId, bigint>,
): bigint {
  if ((code === 'C300' || code === 'C310') && state.phaseAtUs !== null) return state.phaseAtUs;
  const known = usages.flatMap((usage) => times.get(usage) ?? []);
  const first = known.length === 0 ? null : known.reduce((least, at) => (at < least ? at : least));
  return first ?? state.phaseAtUs ?? attempts[0]?.startedAtUs ?? 0n;
}
