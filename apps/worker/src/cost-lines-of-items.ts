import { COST_LINE_KINDS, type CostLine, type CostPolicies } from '#ledger';
import { parsePico, splitExactly, type Ref } from '#model';
import { readCostLinesOf, readHumanTime, type Client, type StoredCostLine } from '#store';
import { v5 as uuidFromName } from 'uuid';
import { z } from 'zod';
import { groupBy } from './group-by.ts';
import {
  idNameOf,
  NAMESPACE,
  type HeldWorkItem,
  type ItemIdentity,
  type WorkItemHolder,
} from './posting-facts.ts';
import { readFollow, readItemsAbove } from './read-follow.ts';

/** A cost line as it falls on one work item: of one that was split a part. */
export interface ItemLine {
  readonly line: CostLine;
  /** Trace the line was for, where it names one and no attempt. */
  readonly traceId: string | null;
  /** Takes the part of an amount that falls on this item. */
  readonly partOf: (amount: bigint) => bigint;
}

const amountSchema = z.object({
  amountPico: z.string().transform(BigInt),
  asset: z.templateLiteral([z.string(), '/', z.number()]),
});
/** What `cost_lines.body` holds. */
const bodySchema = z.object({
  quantityMicro: z.string().transform(BigInt).nullable(),
  unit: z.string().nullable(),
  role: z.string().nullable(),
  rate: amountSchema.nullable(),
  amount: amountSchema.nullable(),
  biller: z.string().nullable(),
  attemptId: z.string().nullable(),
  traceId: z.string().nullable(),
});

/** 64 bits of a name, as usages of facts are told apart (docs/adr/015). */
export const usageIdOf = (name: string): string =>
  uuidFromName(`usage ${name}`, NAMESPACE).replaceAll('-', '').slice(0, 16);

/**
 * The cost lines of held items that count: those told, less those superseded, what was told of items that were merged
 * into them or split over them, hand-overs and human steps where a policy prices them.
 */
export async function readLinesOfItems(
  client: Client,
  holder: WorkItemHolder,
  items: readonly HeldWorkItem[],
): Promise<Map<Ref, ItemLine[]>> {
  const { tenantId, rules, costPolicies } = holder;
  const refs = items.map(({ ref }) => ref);
  const above = await readItemsAbove(client, tenantId, refs);
  const origins = [...new Set([...refs, ...[...above.values()].flatMap((each) => [...each])])];
  const told = (await readCostLinesOf(client, tenantId, origins)).sort(byName);
  const lines = new Map<Ref, ItemLine[]>(refs.map((ref) => [ref, []]));
  const held = new Map(items.map((item) => [item.ref, item]));
  const follow = above.size === 0 ? null : await readFollow(client, tenantId, origins, rules);
  for (const [origin, stored] of groupBy(told, ({ ref }) => ref)) {
    const to = follow?.destinations(origin) ?? [{ ref: origin, weight: 1n, whole: 1n }];
    for (const line of standing(stored)) {
      for (const { ref } of to) {
        const item = held.get(ref);
        if (item !== undefined) lines.get(ref)!.push({ ...toLine(item, line), partOf: partOf(to, ref) });
      }
    }
  }
  for (const item of items)
    for (const handOff of item.handOffs)
      lines.get(item.ref)!.push(...handOffLine(item, handOff, costPolicies));
  for (const time of await readHumanTime(client, tenantId, refs))
    lines.get(time.ref)!.push(humanStepLine(held.get(time.ref)!, time, costPolicies));
  return lines;
}

const byName = (a: StoredCostLine, b: StoredCostLine): number =>
  a.ref !== b.ref ? (a.ref < b.ref ? -1 : 1) : nameOf(a) < nameOf(b) ? -1 : 1;
const nameOf = ({ source, lineId }: StoredCostLine): string => `${source}\n${lineId}`;

/** Whatever their order, a line that another one of its source and item names as superseded does not count. */
function standing(lines: readonly StoredCostLine[]): StoredCostLine[] {
  const superseded = new Set(
    lines.flatMap(({ source, lineId, supersedes }) =>
      supersedes === null || supersedes === lineId ? [] : [`${source}\n${supersedes}`],
    ),
  );
  return lines.filter((line) => !superseded.has(nameOf(line)));
}

function partOf(to: readonly { readonly ref: Ref; readonly weight: bigint }[], ref: Ref) {
  if (to.length === 1) return (amount: bigint): bigint => amount;
  const index = to.findIndex((each) => each.ref === ref);
  const shares = to.map(({ ref: id, weight }) => ({ id, weight }));
  return (amount: bigint): bigint => splitExactly(amount, shares)[index]!;
}

function toLine({ idSeed }: ItemIdentity, stored: StoredCostLine): Omit<ItemLine, 'partOf'> {
  const { traceId, rate, ...body } = bodySchema.parse(stored.body);
  const name = idSeed === null ? nameOf(stored) : `${idSeed}\n${nameOf(stored)}`;
  return {
    traceId,
    line: {
      ...body,
      rate: rate === null ? null : { picoPerUnit: rate.amountPico, asset: rate.asset },
      usageId: usageIdOf(`cost line ${name}`),
      kind: z.enum(COST_LINE_KINDS).parse(stored.kind),
      source: stored.source,
      occurredAtUs: stored.occurredAtUs,
    },
  };
}

const IMPUTED = { biller: null, rate: null, amount: null };
const whole = (amount: bigint): bigint => amount;

function handOffLine(
  item: ItemIdentity,
  { name, atUs }: HeldWorkItem['handOffs'][number],
  policies: CostPolicies,
): ItemLine[] {
  const priced = policies.labourRatesAt(atUs)?.handedOff ?? null;
  if (priced === null) return [];
  const line: CostLine = {
    ...IMPUTED,
    usageId: usageIdOf(`hand-over ${idNameOf(item)}\n${name}`),
    kind: 'human',
    source: 'handed_off',
    occurredAtUs: atUs,
    attemptId: null,
    quantityMicro: parsePico(priced.minutes)! / 1_000_000n,
    unit: 'minute',
    role: priced.role,
  };
  return [{ line, traceId: null, partOf: whole }];
}

/** Time of human steps is counted whether or not a policy prices it. */
function humanStepLine(
  item: ItemIdentity,
  { attemptId, startedAtUs, humanMs }: Awaited<ReturnType<typeof readHumanTime>>[number],
  policies: CostPolicies,
): ItemLine {
  const line: CostLine = {
    ...IMPUTED,
    usageId: usageIdOf(`human steps ${idNameOf(item)}\n${attemptId}`),
    kind: 'human',
    source: 'human_steps',
    occurredAtUs: startedAtUs,
    attemptId,
    quantityMicro: humanMs * 1000n,
    unit: 'second',
    role: policies.labourRatesAt(startedAtUs)?.humanSteps?.role ?? null,
  };
  return { line, traceId: null, partOf: whole };
}
