import type { Ref, TraceId } from '#model';
import {
  readRefsOfKindAfter,
  readRefsWithCostLines,
  readRefsWithHumanWork,
  readTenantRules,
  readTracesOfItems,
  readTracesSinceAfter,
  readTracesUsedIn,
  readTracesWithLeavesAfter,
  type OpenCause,
  type Client,
} from '#store';
import { z } from 'zod';
import { readItemsAbove } from './read-follow.ts';

/** What of a tenant's history a rule may touch, a page at a time. */
export interface CausePage {
  readonly traceIds: readonly TraceId[];
  /** Work items whose state the rule may change, with or without traces. */
  readonly refs: readonly Ref[];
  /** Where the next page begins; null = this one is the last. */
  readonly cursor: string | null;
}

const settingDetail = z.object({ name: z.string(), version: z.number() });
const timeDetail = z.string().nullish();
const priceBookDetail = z.object({
  validFrom: timeDetail,
  validTo: timeDetail,
  /** Rows that price calls of tools or searches, whose traces may have no model call. */
  pricesCalls: z.boolean().default(false),
});
const renormaliseDetail = z.object({ from: timeDetail, to: timeDetail });

/** Facts that are rules: they are worked through as causes, page by page. The others touch a few work items. */
const RULE_KINDS = ['price.book', 'definition', 'policy', 'key_mapping', 'renormalise'] as const;
export const isRuleKind = (kind: string): boolean => RULE_KINDS.some((each) => each === kind);

/** Policies that say what cost is, not what a step is. */
const COST_POLICIES = ['placement', 'labour_rates', 'fx', 'pools', 'approvals', 'content', 'intake'] as const;
const isCostPolicy = (name: string): boolean => COST_POLICIES.some((each) => each === name);

/** Says which rates count: bills in other currencies are compared again. */
export const isFxPolicy = ({ kind, detail }: Pick<OpenCause, 'kind' | 'detail'>): boolean =>
  kind === 'policy' && settingDetail.parse(detail).name === 'fx';

/** Rules that are read when steps are made: the spans are read again. */
export const needsSteps = ({ kind, detail }: Pick<OpenCause, 'kind' | 'detail'>): boolean =>
  kind === 'key_mapping' ||
  kind === 'renormalise' ||
  (kind === 'policy' && !isCostPolicy(settingDetail.parse(detail).name));

/** @param limit traces, or work items where the rule is about a kind of them */
export async function readCausePage(client: Client, cause: OpenCause, limit: number): Promise<CausePage> {
  const { tenantId, cursor, detail } = cause;
  switch (cause.kind) {
    case 'price.book': {
      const { validFrom, validTo, pricesCalls } = priceBookDetail.parse(detail);
      const range = { fromUs: timeUs(validFrom), toUs: timeUs(validTo) };
      return pageOf(
        pricesCalls
          ? await readTracesSinceAfter(client, tenantId, range.fromUs, cursor, limit)
          : await readTracesWithLeavesAfter(client, tenantId, range, cursor, limit),
        limit,
      );
    }
    case 'definition':
      return pageOfItems(client, cause, limit);
    case 'renormalise': {
      const { from, to } = renormaliseDetail.parse(detail);
      const range = { fromUs: timeUs(from), toUs: timeUs(to) };
      return pageOf(await readTracesUsedIn(client, tenantId, range, cursor, limit), limit);
    }
    case 'policy':
    case 'key_mapping': {
      const fromUs = await validFromUs(client, cause);
      if (!needsSteps(cause)) return pageOfCostPolicy(client, cause, fromUs, limit);
      return pageOf(await readTracesSinceAfter(client, tenantId, fromUs, cursor, limit), limit);
    }
    default:
      throw new TypeError(`no rule is of the kind ${cause.kind}`);
  }
}

const pageOf = (traceIds: readonly TraceId[], limit: number): CausePage => ({
  traceIds,
  refs: [],
  cursor: traceIds.length < limit ? null : traceIds.at(-1)!,
});

async function pageOfItems(client: Client, cause: OpenCause, limit: number): Promise<CausePage> {
  const { tenantId } = cause;
  const { name } = settingDetail.parse(cause.detail);
  const refs = await readRefsOfKindAfter(client, tenantId, name, cause.cursor, limit);
  const above = await readItemsAbove(client, tenantId, refs);
  const payers = new Set([...refs, ...[...above.values()].flatMap((each) => [...each])]);
  return {
    traceIds: await readTracesOfItems(client, tenantId, [...payers]),
    refs,
    cursor: refs.length < limit ? null : refs.at(-1)!,
  };
}

/** Stands before a trace id in the cursor of a policy that is about work items first, then about traces. */
const TRACES = 'trace ';

/** Read by whoever reports, allocates, records or receives: they move no trace and no item. */
const isReadElsewhere = (name: string): boolean =>
  ['fx', 'pools', 'approvals', 'content', 'intake'].includes(name);

async function pageOfCostPolicy(
  client: Client,
  { tenantId, cursor, detail }: OpenCause,
  fromUs: bigint | null,
  limit: number,
): Promise<CausePage> {
  const { name } = settingDetail.parse(detail);
  if (isReadElsewhere(name)) return pageOf([], limit);
  if (cursor.startsWith(TRACES)) {
    const page = pageOf(
      await readTracesSinceAfter(client, tenantId, fromUs, cursor.slice(TRACES.length), limit),
      limit,
    );
    return { ...page, cursor: page.cursor === null ? null : TRACES + page.cursor };
  }
  const worked = name === 'labour_rates' ? await readRefsWithHumanWork(client, tenantId, fromUs) : [];
  const all = new Set([...(await readRefsWithCostLines(client, tenantId, fromUs)), ...worked]);
  const refs = [...all]
    .sort()
    .filter((ref) => ref > cursor)
    .slice(0, limit);
  const rest = name === 'placement' ? TRACES : null;
  return { traceIds: [], refs, cursor: refs.length < limit ? rest : refs.at(-1)! };
}

async function validFromUs(client: Client, { tenantId, kind, detail }: OpenCause): Promise<bigint | null> {
  const { name, version } = settingDetail.parse(detail);
  const rules = await readTenantRules(client, tenantId);
  const versions = kind === 'policy' ? rules.policies : rules.keyMappings;
  return versions.find((each) => each.name === name && each.version === version)?.validFromUs ?? null;
}

const timeUs = (text: string | null | undefined): bigint | null =>
  text === null || text === undefined ? null : BigInt(Date.parse(text)) * 1000n;
