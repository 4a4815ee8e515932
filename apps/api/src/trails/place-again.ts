import {
  attemptIdOf,
  attemptOfShare,
  deriveAttempts,
  finalAtUs,
  firstKnownUs,
  foldWorkItem,
  followState,
  followTrace,
  readItemEvents,
  withCircles,
  type AttemptPart,
  type ReadEvents,
  type ResolvedStep,
  type ResolvedTrace,
  type WorkItemState,
} from '#attribution';
import { placementUnder, targetBalances, type CostShare, type PlacedCharge } from '#ledger';
import { parseRef, type Charge, type Ref, type Step, type TraceId } from '#model';
import { chargeStep, reportInForce, withUsageReport, type PriceIndex } from '#pricing';
import type { readUsageReports } from '#store';
import type { DerivedTrail, TrailFacts } from '#trails';
import type { FactsAt } from './facts-at.ts';
import type { RulesAt } from './rules-at.ts';

/** A trace with whose its steps are. */
export interface AgainTrace {
  readonly traceId: TraceId;
  readonly trace: ResolvedTrace;
}

/** An item as it is once its events are read again. */
interface AgainItem {
  readonly parts: readonly AttemptPart[];
  readonly state: WorkItemState;
  readonly counted: ReadEvents['counted'];
}

/** Lets steps follow merges and splits, and folds the events of every item concerned. */
export async function foldAgain(
  own: Ref,
  resolved: readonly AgainTrace[],
  { rules }: RulesAt,
  at: FactsAt,
): Promise<{ readonly traces: readonly AgainTrace[]; readonly items: ReadonlyMap<Ref, AgainItem> }> {
  const named = [...new Set([own, ...resolved.flatMap(({ trace }) => [...trace.parts.keys()])])];
  const follow = await at.follow(named, rules);
  const traces = resolved.map(({ traceId, trace }) => ({
    traceId,
    trace: followTrace(traceId, trace, follow),
  }));
  const refs = [...new Set([own, ...traces.flatMap(({ trace }) => [...trace.parts.keys()])])];
  const items = new Map<Ref, AgainItem>();
  for (const [ref, events] of await at.events(refs)) {
    const parts = traces.flatMap(({ trace }) => trace.parts.get(ref) ?? []);
    const { counted } = withCircles(readItemEvents(events, rules), ref, follow);
    const definitionAt = (atUs: bigint) => rules.definition(parseRef(ref).kind, atUs);
    const state = followState(ref, foldWorkItem(counted, { work: parts, definitionAt }), follow);
    items.set(ref, { parts, state, counted });
  }
  return { traces, items };
}

interface ToPlace {
  readonly facts: TrailFacts;
  readonly traces: readonly AgainTrace[];
  readonly items: ReadonlyMap<Ref, AgainItem>;
  readonly known: RulesAt;
  readonly index: PriceIndex;
  readonly reports: Awaited<ReturnType<typeof readUsageReports>>;
}

/** The state of the item, its attempts, and where the cost of each usage sits. */
export function placeAgain({
  facts,
  traces,
  items,
  known,
  index,
  reports,
}: ToPlace): Pick<DerivedTrail, 'item' | 'itemRules' | 'attempts' | 'entries' | 'prices'> {
  const { ref } = facts.item;
  const own = items.get(ref)!;
  const whole = deriveAttempts(own.parts, own.state);
  const placements = new Map(
    whole.map(({ key, startedAtUs, placement, grade, keyKind }) => {
      const policy = known.costPolicies.placementAt(startedAtUs);
      const placed = placementUnder(policy, placement, own.state.phase === 'achieved');
      return [key, { placement: placed, grade, keyKind }];
    }),
  );
  const attempts = new Map<string, DerivedTrail['attempts'][number]>();
  const entries: DerivedTrail['entries'][number][] = [];
  const prices = new Map<string, string[]>();
  for (const { traceId, trace } of traces)
    for (const resolved of trace.steps) {
      const shares = resolved.shares.map(({ workItemRef, weight, ...share }): CostShare => {
        const { parts, state } = items.get(workItemRef)!;
        const key = attemptOfShare(resolved.step, share, parts, state.boundariesUs);
        const placed = workItemRef === ref ? placements.get(key)! : null;
        if (placed !== null) noteAttempt(attempts, ref, resolved.step, key, placed);
        // Of other items only the place in the order of splitting counts.
        const attemptId = attemptIdOf({ ref: workItemRef, idSeed: null }, key);
        return { workItemRef, weight, attemptId, placement: placed?.placement ?? 'work' };
      });
      const charges = chargesOf(resolved, index, reports);
      if (!shares.some(({ workItemRef }) => workItemRef === ref)) continue;
      if (charges.length > 0)
        prices.set(
          `${traceId} ${resolved.step.spanId}`,
          [...new Set(charges.map(({ priceBook }) => `price.book ${priceBook}`))].sort(),
        );
      for (const charge of charges)
        for (const balance of targetBalances(placedCharge(resolved.step, charge, shares)))
          if (balance.workItemRef === ref) entries.push({ ...balance, postingId: traceId, workItemRef: ref });
    }
  const item = standingOf(own, whole, known, ref);
  return {
    item,
    itemRules: [`definition ${item.definition}`],
    attempts: [...attempts.values()],
    entries,
    prices,
  };
}

type Placed = Pick<DerivedTrail['attempts'][number], 'keyKind' | 'grade' | 'placement'>;

/** An attempt in a trace begins with the first of its steps there. */
function noteAttempt(
  attempts: Map<string, DerivedTrail['attempts'][number]>,
  workItemRef: Ref,
  { traceId, startedAtNs }: Step,
  key: string,
  placed: Placed,
): void {
  const name = `${traceId} ${key}`;
  const startedAtUs = startedAtNs / 1000n;
  const known = attempts.get(name);
  if (known === undefined || startedAtUs < known.startedAtUs)
    attempts.set(name, { traceId, workItemRef, startedAtUs, ...placed });
}

type PricedCharge = Extract<Charge, { state: 'priced' }>;

function chargesOf({ step }: ResolvedStep, index: PriceIndex, reports: ToPlace['reports']): PricedCharge[] {
  const about = reports
    .filter(({ traceId, spanId }) => traceId === step.traceId && spanId === step.spanId)
    .map((report) => ({ ...report, reportId: report.name }));
  return withUsageReport(chargeStep(step, index), reportInForce(about)).filter(
    (charge): charge is PricedCharge => charge.state === 'priced',
  );
}

const placedCharge = (step: Step, charge: PricedCharge, shares: readonly CostShare[]): PlacedCharge => ({
  usageSpanId: step.spanId,
  usageDay: new Date(Number(step.startedAtNs / 1_000_000n)).toISOString().slice(0, 10),
  asset: charge.asset,
  amountPico: charge.amountPico,
  provider: charge.provider,
  callModel: charge.callModel,
  priceId: charge.priceId,
  overheadPool: step.overheadPool,
  writtenOff: null,
  shares,
});

function standingOf(
  { state, counted }: AgainItem,
  attempts: readonly { readonly startedAtUs: bigint }[],
  { rules }: RulesAt,
  ref: Ref,
): DerivedTrail['item'] {
  const { kind } = parseRef(ref);
  const definition = rules.definitionOfItem(kind, [state.phaseAtUs, firstKnownUs(attempts, counted)])!;
  return {
    phase: state.phase,
    outcomeType: definition.outcomeType,
    definition: `${definition.kind}@${definition.version}`,
    generation: state.generation,
    phaseAtUs: state.phaseAtUs,
    finalAtUs: finalAtUs(state, definition),
    valueAmountPico: state.value?.amountPico ?? null,
    valueAsset: state.value?.asset ?? null,
    tier: state.tier,
    quality: state.quality,
  };
}
