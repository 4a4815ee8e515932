import { resolveRulesOf, resolveTrace } from '#attribution';
import { parseRef, type Step, type TraceId } from '#model';
import { readReversals, readRulePlaces, readUsageReports, type Client } from '#store';
import type { DerivedEffect, DerivedTrail, TrailFacts } from '#trails';
import { FactsAt } from './facts-at.ts';
import { foldAgain, placeAgain, type AgainTrace } from './place-again.ts';
import { readRulesKnown, type PricesAt, type RulesAt } from './rules-at.ts';

/**
 * Runs the rules and prices that a size of the log knows on what it knows of a work item, by the functions that the
 * worker posts by. Reads in the caller's snapshot.
 *
 * @param facts of the trail at that size
 */
export async function deriveAgain(
  client: Client,
  tenantId: bigint,
  facts: TrailFacts,
  prices: PricesAt,
): Promise<DerivedTrail> {
  const known = await readRulesKnown(client, tenantId, new Set(facts.rules));
  const at = new FactsAt(client, tenantId, facts.size);
  const { resolved, doubtful } = await resolveAgain(tenantId, facts, known, at);
  const { traces, items } = await foldAgain(facts.item.ref, resolved, known, at);
  const traceIds = resolved.map(({ traceId }) => traceId);
  const reports = await readUsageReports(client, tenantId, traceIds);
  const reversals = await readReversals(client, tenantId, traceIds);
  const index = await prices.read(client, tenantId, facts.rules);
  const doubts = new Map<TraceId | null, string>();
  for (const traceId of doubtful) doubts.set(traceId, 'names that events or other traces give to items');
  for (const { traceId } of reports) doubts.set(traceId, 'reports of usage by a provider');
  for (const { postingId } of reversals) doubts.set(postingId, 'a posting that people took back');
  return {
    ...placeAgain({ facts, traces, items, known, index, reports }),
    effects: await readEffects(client, tenantId, facts, known),
    attemptRules: facts.rules.filter((rule) => ATTEMPT_RULES.test(rule)),
    doubts,
  };
}

const ATTEMPT_RULES = /^(policy (placement|links|link_confidence|overhead)@|key_mapping |definition )/;

async function resolveAgain(
  tenantId: bigint,
  facts: TrailFacts,
  { rules }: RulesAt,
  at: FactsAt,
): Promise<{ resolved: AgainTrace[]; doubtful: ReadonlySet<TraceId> }> {
  const byTrace = new Map<TraceId, Step[]>();
  for (const { step } of facts.steps) {
    const steps = byTrace.get(step.traceId);
    if (steps === undefined) byTrace.set(step.traceId, [step]);
    else steps.push(step);
  }
  const all = facts.steps.map(({ step }) => step);
  const { facts: links, doubtful } = await at.links(all, rules);
  const resolved = [...byTrace].map(([traceId, steps]): AgainTrace => {
    const trace = resolveTrace(traceId, steps, resolveRulesOf(tenantId, traceId, rules, links));
    return { traceId, trace };
  });
  return { resolved, doubtful };
}

/** What each event does by the definitions that were known when it came, and by those known at this size. */
async function readEffects(
  client: Client,
  tenantId: bigint,
  facts: TrailFacts,
  known: RulesAt,
): Promise<Map<string, readonly DerivedEffect[]>> {
  const places = await readRulePlaces(client, tenantId, facts.size);
  const then = new Map<number, RulesAt>();
  const effects = new Map<string, readonly DerivedEffect[]>();
  for (const { ref, surrogateId, verb, source, occurredAtUs, leaf } of facts.outcomes) {
    const kind = parseRef(ref).kind;
    const rulesThen = [...places].filter(([, index]) => index < leaf.index).map(([rule]) => rule);
    const before = then.get(rulesThen.length) ?? (await readRulesKnown(client, tenantId, new Set(rulesThen)));
    then.set(rulesThen.length, before);
    effects.set(
      surrogateId,
      [before, known].map(({ rules }): DerivedEffect => {
        const { effect, definition } = rules.readVerb(kind, verb, occurredAtUs, source);
        const rule = definition === null ? [] : [`definition ${definition.kind}@${definition.version}`];
        return { effect, rules: rule };
      }),
    );
  }
  return effects;
}
