import { formatPico, type Ref } from '#model';
import {
  inTenantSnapshot,
  listWorkItems,
  readAttemptsOf,
  type CostedAttemptPart,
  type Database,
  type WorkItemRow,
} from '#store';
import type { Column, ColumnKind } from './columns-of.ts';
import { formatWireTime } from './wire-time.ts';

const ITEMS_PER_PAGE = 500;

export interface WorkItemsQuestion {
  readonly tenantId: bigint;
  readonly kind: string | null;
  /** When the phase last changed, else the first attempt: [from, to). */
  readonly fromUs: bigint | null;
  readonly toUs: bigint | null;
  readonly nowUs: bigint;
}

/** A work item with the parts of its attempts. */
export interface WorkItemLine {
  readonly item: WorkItemRow;
  readonly parts: readonly CostedAttemptPart[];
}

const column = (
  name: string,
  kind: ColumnKind,
  valueOf: (line: WorkItemLine) => string | number | boolean | null,
): Column<WorkItemLine> => ({ name, kind, valueOf });
const timeOf = (timeUs: bigint | null): string | null => (timeUs === null ? null : formatWireTime(timeUs));
const sumOf = (parts: readonly CostedAttemptPart[], of: (part: CostedAttemptPart) => number): number =>
  parts.reduce((sum, part) => sum + of(part), 0);
const calls = ({ parts }: WorkItemLine): number => sumOf(parts, (part) => part.modelCalls);
const unknownCalls = ({ parts }: WorkItemLine): number =>
  sumOf(parts, (part) => part.unpricedCalls + part.callsWithoutUsage);
const costPico = ({ parts }: WorkItemLine): bigint => parts.reduce((sum, part) => sum + part.costPico, 0n);
const directPico = ({ parts }: WorkItemLine): bigint =>
  parts.reduce((sum, part) => sum + part.directPico, 0n);
/** Null where nothing of it is priced: unknown is not 0. */
const usd = (line: WorkItemLine, pico: bigint): string | null =>
  costPico(line) !== 0n || calls(line) > unknownCalls(line) ? formatPico(pico) : null;

/** A row a work item: its state, and what its agents cost so far in US dollars. */
export const WORK_ITEM_COLUMNS: readonly Column<WorkItemLine>[] = [
  column('kind', 'text', ({ item }) => item.kind),
  column('key', 'text', ({ item }) => item.key),
  column('work_item_id', 'text', ({ item }) => item.surrogateId),
  column('phase', 'text', ({ item }) => item.phase),
  column('outcome_type', 'text', ({ item }) => item.outcomeType),
  column('definition', 'text', ({ item }) => item.definition),
  column('generation', 'integer', ({ item }) => item.generation),
  column('phase_at', 'time', ({ item }) => timeOf(item.phaseAtUs)),
  column('final_at', 'time', ({ item }) => timeOf(item.finalAtUs)),
  column('tier', 'text', ({ item }) => item.tier),
  column('quality', 'text', ({ item }) => item.quality),
  column('events', 'integer', ({ item }) => item.eventCount),
  column('first_attempt_at', 'time', ({ item }) => timeOf(item.firstAttemptAtUs)),
  column('last_attempt_at', 'time', ({ item }) => timeOf(item.lastAttemptAtUs)),
  column('attempts', 'integer', ({ parts }) => new Set(parts.map(({ attemptId }) => attemptId)).size),
  column('calls', 'integer', calls),
  column('unpriced_calls', 'integer', ({ parts }) => sumOf(parts, (part) => part.unpricedCalls)),
  column('calls_without_usage', 'integer', ({ parts }) => sumOf(parts, (part) => part.callsWithoutUsage)),
  column('cost_usd', 'decimal', (line) => usd(line, costPico(line))),
  column('direct_cost_usd', 'decimal', (line) =>
    line.item.phase === 'achieved' ? usd(line, directPico(line)) : null,
  ),
  column(
    'is_lower_bound',
    'boolean',
    (line) => unknownCalls(line) > 0 || line.parts.some(({ hasOtherAssets }) => hasOtherAssets),
  ),
];

/** Work items by kind and key, each as it stands when its page is read. */
export async function* workItemPages(
  db: Database,
  { tenantId, kind, fromUs, toUs, nowUs }: WorkItemsQuestion,
): AsyncGenerator<WorkItemLine[]> {
  let afterRef: Ref | undefined;
  for (;;) {
    const page = await inTenantSnapshot(db, tenantId, async (client) => {
      const items = await listWorkItems(client, tenantId, {
        kind: kind ?? undefined,
        fromUs: fromUs ?? undefined,
        toUs: toUs ?? undefined,
        nowUs,
        afterRef,
        limit: ITEMS_PER_PAGE,
      });
      const parts = await readAttemptsOf(
        client,
        tenantId,
        items.map(({ ref }) => ref),
      );
      return linesOf(items, parts);
    });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < ITEMS_PER_PAGE) return;
    afterRef = last.item.ref;
  }
}

/** Each item with its own parts, which stay in their order. */
function linesOf(items: readonly WorkItemRow[], parts: readonly CostedAttemptPart[]): WorkItemLine[] {
  const byRef = new Map<Ref, CostedAttemptPart[]>(items.map(({ ref }) => [ref, []]));
  for (const part of parts) byRef.get(part.workItemRef)?.push(part);
  return items.map((item) => ({ item, parts: byRef.get(item.ref)! }));
}
