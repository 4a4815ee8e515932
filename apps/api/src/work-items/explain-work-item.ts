import { formatPico, parseRef, RejectedInput, toRef, USD_PICO, type Ref, type Step } from '#model';
import {
  readBookRows,
  readLinkDecisions,
  readLinksAt,
  readLinksOf,
  readOutcomesOf,
  readPostedHistory,
  readPricesById,
  readRulesAt,
  readSealedSubjects,
  readWorkItem,
  readWorkItemAt,
  type Client,
  type CostedAttemptPart,
} from '#store';
import { z } from 'zod';
import { DecisionView, LinkView } from '../links/link-bodies.ts';
import { toDecisionView, toLinkView } from '../links/link-views.ts';
import { OutcomeView, toOutcomeView } from '../outcomes/outcome-views.ts';
import type { PastBooks } from '../reports/past-books.ts';
import { MODEL_ALIASES } from '../settings/kept-books.ts';
import { Money } from '../wire.ts';
import { ExplainedCostLine, explainCost, type CostEvidence } from './explain-cost.ts';
import { readWorkItemEvidence, type WorkItemEvidence } from './read-work-item-evidence.ts';

export const CostExplanation = z
  .object({
    kind: z.string(),
    key: z.string(),
    size: z
      .int()
      .nullable()
      .meta({ description: 'Leaves of the log the books were read at; null = as they stand' }),
    costUsd: Money.nullable().meta({
      description:
        'What stands posted on the work item: the lines in USD of all pages sum to it; null where no call of it is priced',
    }),
    lineCount: z.int(),
    lines: z.array(ExplainedCostLine),
    unpricedCalls: z.int(),
    callsWithoutUsage: z.int(),
    callsBilledElsewhere: z.int().meta({
      description:
        'Calls in its traces of which the span that is billed is in another trace, answers served again among them: ' +
        'they cost this item nothing, and the trail names the spans that are billed',
    }),
    outcomes: z.array(OutcomeView).meta({ description: 'The events that decided where the cost sits' }),
    candidates: z
      .array(LinkView)
      .meta({ description: 'Links too doubtful to book: cost that may be its as well' }),
    decisions: z.array(DecisionView).meta({ description: 'What people decided about its links' }),
    linkHistory: z
      .array(LinkView)
      .nullable()
      .meta({ description: 'With history=true: every link there was, oldest first' }),
    next: z.string().nullable(),
  })
  .meta({ id: 'CostExplanation' });

interface CostQuestion {
  readonly kind: string;
  readonly key: string;
  /** The books that are read; null = as they stand. */
  readonly past: PastBooks | null;
  readonly withHistory: boolean;
}

/**
 * Everything behind the cost of one work item, from the one snapshot of `client`; of past books what was posted, told
 * and decided by then, so that it leads to what a report of that size says of the item.
 *
 * @returns all lines; the caller makes pages of them
 * @throws RejectedInput `not_found` for a work item that these books do not know
 * @throws Error when the lines do not sum to what is posted
 */
export async function explainWorkItem(
  client: Client,
  tenantId: bigint,
  { kind, key, past, withHistory }: CostQuestion,
): Promise<Omit<z.infer<typeof CostExplanation>, 'next'>> {
  const ref = toRef(kind, tenantId, key);
  const size = past?.size ?? null;
  await checkKnown(client, tenantId, ref, size);
  const evidence = await readWorkItemEvidence(client, tenantId, ref, size);
  const { parts, traceIds, steps } = evidence;
  const links =
    past === null
      ? await readLinksOf(client, tenantId, null, ref, withHistory)
      : await readLinksAt(client, tenantId, ref, past, withHistory);
  const standing = links.filter(({ state, supersededBy }) => state !== 'withdrawn' && supersededBy === null);
  const lines = await linesOf(client, tenantId, { ref, size, evidence, links: standing });
  const costPico = parts.reduce((sum, part) => sum + part.costPico, 0n);
  checkSum(evidence, ref, costPico);
  const outcomes = await readOutcomesOf(client, tenantId, ref);
  const linkTraces = [...new Set([...traceIds, ...links.map(({ traceId }) => traceId)])];
  const decisions = (await readLinkDecisions(client, tenantId, linkTraces)).filter(
    ({ workItemRef }) => workItemRef === ref,
  );
  const toldBy = async <Fact>(leaf: string, facts: readonly Fact[], idOf: (fact: Fact) => string) => {
    if (size === null) return facts;
    const sealed = await readSealedSubjects(client, tenantId, leaf, facts.map(idOf), size);
    return facts.filter((fact) => sealed.has(idOf(fact)));
  };
  return {
    kind,
    key,
    size,
    costUsd: isAnyKnown(parts) ? formatPico(costPico) : null,
    lineCount: lines.length,
    lines,
    unpricedCalls: parts.reduce((sum, part) => sum + part.unpricedCalls, 0),
    callsWithoutUsage: parts.reduce((sum, part) => sum + part.callsWithoutUsage, 0),
    callsBilledElsewhere: billedElsewhere(steps),
    outcomes: (await toldBy('outcome.event', outcomes, ({ surrogateId }) => surrogateId)).map(toOutcomeView),
    candidates: standing.filter(({ state }) => state !== 'booked').map(toLinkView),
    decisions: (await toldBy('link', decisions, ({ decisionId }) => decisionId)).map(toDecisionView),
    linkHistory: withHistory ? links.map(toLinkView) : null,
  };
}

async function checkKnown(client: Client, tenantId: bigint, ref: Ref, size: number | null): Promise<void> {
  const item =
    size === null
      ? await readWorkItem(client, tenantId, ref)
      : await readWorkItemAt(client, tenantId, ref, size);
  if (item !== null) return;
  const { kind, key } = parseRef(ref);
  throw new RejectedInput(
    'not_found',
    size === null
      ? `there is no work item ${kind} ${key}`
      : `the log of ${size} leaves knows no work item ${kind} ${key}`,
  );
}

async function linesOf(
  client: Client,
  tenantId: bigint,
  of: Pick<CostEvidence, 'ref' | 'links'> & {
    readonly size: number | null;
    readonly evidence: WorkItemEvidence;
  },
): Promise<ExplainedCostLine[]> {
  const { traceIds, steps, balances } = of.evidence;
  const priceIds = [...new Set(balances.flatMap(({ priceId }) => priceId ?? []))];
  const prices = await readPricesById(client, tenantId, priceIds);
  return explainCost({
    ref: of.ref,
    balances,
    steps,
    history: await readPostedHistory(client, tenantId, traceIds, of.ref, of.size),
    prices: new Map(prices.map(({ priceId, rule }) => [priceId, rule])),
    aliases: await readAliases(client, tenantId, of.size),
    links: of.links,
  });
}

function checkSum({ balances }: WorkItemEvidence, ref: Ref, costPico: bigint): void {
  const explainedPico = balances
    .filter(({ workItemRef, asset }) => workItemRef === ref && asset === USD_PICO)
    .reduce((sum, { amount }) => sum + amount, 0n);
  if (explainedPico !== costPico)
    throw new Error(`the lines of ${ref} sum to ${explainedPico}, its positions to ${costPico}`);
}

/** Calls whose billed span is in another trace; spans of one call count once. */
const billedElsewhere = (steps: readonly Step[]): number =>
  new Set(
    steps.flatMap(({ traceId, mirrorOf }) =>
      mirrorOf === null || mirrorOf.traceId === traceId
        ? []
        : [`${traceId} ${mirrorOf.traceId} ${mirrorOf.spanId}`],
    ),
  ).size;

/** What the tenant's books said that model names mean; of past books the versions that were known then. */
async function readAliases(client: Client, tenantId: bigint, size: number | null) {
  const rows = await readBookRows(client, tenantId, MODEL_ALIASES);
  if (size === null) return rows;
  const known = new Set(await readRulesAt(client, tenantId, size));
  return rows.filter(({ book, version }) => known.has(`price.book ${book}@${version}`));
}

/** Whether anything of the cost is known: nothing but calls without usage or price is not 0. */
const isAnyKnown = (parts: readonly CostedAttemptPart[]): boolean =>
  parts.some(
    ({ modelCalls, unpricedCalls, callsWithoutUsage, costPico }) =>
      costPico !== 0n || modelCalls > unpricedCalls + callsWithoutUsage,
  );
