import { compare } from '../fold/compare.ts';
import { accountsOf, CostSum } from '../fold/costs.ts';
import type { Trail } from '../fold/fold-trail.ts';
import { formatTimeOfUs } from '../fold/format-time.ts';
import type { AttemptFact, EntryFact, ItemFact } from '../fold/trail-facts.ts';
import { usageOf, type DerivedTrail } from './derived-trail.ts';
import {
  REEVALUATION_FORMAT,
  type ReevaluatedItem,
  type Reevaluation,
  type ReevaluationResult,
  type Said,
} from './reevaluation-format.ts';

/**
 * L1 (ledger.md 5): what rules say when they are run again on the recorded inputs of a trail, held against what was
 * recorded, thing by thing. Names no business key. Pure; the same trail and derivation give the same answer.
 *
 * @param derived by the versions of rules and prices that the same size of the log knows
 */
export function reevaluateTrail(trail: Trail, derived: DerivedTrail): Reevaluation {
  const { facts } = trail;
  const items = [
    ...outcomeItems(trail, derived),
    verdictItem(facts.item, derived),
    ...attemptItems(trail, derived),
    ...costItems(trail, derived),
  ];
  const counts = { confirms: 0, diverges: 0, not_deterministic: 0 };
  for (const { result } of items) counts[result] += 1;
  const traces = new Set<string>(facts.steps.map(({ step }) => step.traceId));
  const beyond = facts.entries.filter(
    ({ postingId, workItemRef }) => workItemRef === facts.item.ref && !traces.has(postingId),
  );
  return {
    format: REEVALUATION_FORMAT,
    trail: facts.item.surrogateId,
    size: facts.size,
    result:
      counts.diverges > 0 ? 'diverges' : counts.not_deterministic > 0 ? 'not_deterministic' : 'confirms',
    counts,
    items,
    beyond: { entries: beyond.length, amounts: new CostSum().add(beyond).amounts() },
  };
}

/** An event confirms where it does what it did when it came, or what the rules known since make of it. */
function outcomeItems({ entries }: Trail, { effects, doubts }: DerivedTrail): ReevaluatedItem[] {
  return entries.flatMap((entry): ReevaluatedItem[] => {
    if (entry.type !== 'outcome') return [];
    const recorded = { effect: entry.fact.effect };
    const readings = effects.get(entry.fact.surrogateId) ?? [];
    const saying = readings.map(({ effect }) => ({ effect: effect ?? 'set_aside' }));
    const at = Math.max(
      0,
      saying.findIndex((said) => isEqual(said, recorded)),
    );
    const rules = readings[at]?.rules ?? [];
    return [
      compared(
        { about: 'outcome', n: entry.n, trace: null, rules },
        recorded,
        saying[at] ?? null,
        doubts.get(null),
      ),
    ];
  });
}

function verdictItem(item: ItemFact, { item: again, itemRules, doubts }: DerivedTrail): ReevaluatedItem {
  const what = { about: 'verdict', n: null, trace: null, rules: itemRules } as const;
  return compared(what, verdictOf(item), verdictOf(again), doubts.get(null));
}

const verdictOf = (item: DerivedTrail['item']): Said => ({
  phase: item.phase,
  outcomeType: item.outcomeType,
  definition: item.definition,
  generation: String(item.generation),
  at: timeOf(item.phaseAtUs),
  finalAt: timeOf(item.finalAtUs),
  value:
    item.valueAmountPico === null || item.valueAsset === null
      ? null
      : `${item.valueAmountPico} ${item.valueAsset}`,
  tier: item.tier,
  quality: item.quality,
});

const timeOf = (atUs: bigint | null): string | null => (atUs === null ? null : formatTimeOfUs(atUs));

type PlacedAttempt = DerivedTrail['attempts'][number];

/** Attempts are told apart by trace and start: their ids follow from names, which may be erased. */
function attemptItems({ facts }: Trail, { attempts, attemptRules, doubts }: DerivedTrail): ReevaluatedItem[] {
  const keyOf = ({ traceId, startedAtUs, keyKind }: PlacedAttempt): string =>
    `${traceId} ${startedAtUs.toString().padStart(20, '0')} ${keyKind}`;
  const said = ({ startedAtUs, keyKind, grade, placement }: PlacedAttempt): Said => ({
    startedAt: formatTimeOfUs(startedAtUs),
    toldApartBy: keyKind,
    grade,
    placement,
  });
  const recorded = new Map<string, AttemptFact>();
  for (const attempt of facts.attempts)
    if (attempt.workItemRef === facts.item.ref) recorded.set(keyOf(attempt), attempt);
  const again = new Map(attempts.map((attempt) => [keyOf(attempt), attempt]));
  return [...new Set([...recorded.keys(), ...again.keys()])].sort().map((key) => {
    const [was, is] = [recorded.get(key), again.get(key)];
    const { traceId } = (was ?? is)!;
    const what = { about: 'attempt', n: null, trace: traceId, rules: attemptRules } as const;
    return compared(
      what,
      was === undefined ? null : said(was),
      is === undefined ? null : said(is),
      doubts.get(traceId),
    );
  });
}

/** Where each usage of the traces sits, the item's own part of it. */
function costItems({ facts, entries }: Trail, derived: DerivedTrail): ReevaluatedItem[] {
  const traces = new Set<string>(facts.steps.map(({ step }) => step.traceId));
  const own = facts.entries.filter(
    ({ postingId, workItemRef }) => workItemRef === facts.item.ref && traces.has(postingId),
  );
  const [recorded, again] = [byUsage(own), byUsage(derived.entries)];
  const places = new Map(
    entries.flatMap((entry) =>
      entry.type === 'step'
        ? [[usageOf(entry.fact.step.traceId, entry.fact.step.spanId), entry.n] as const]
        : [],
    ),
  );
  return [...new Set([...recorded.keys(), ...again.keys()])]
    .map((usage) => ({ usage, n: places.get(usage) ?? null }))
    .sort((a, b) => compare(a.n ?? Infinity, b.n ?? Infinity) || compare(a.usage, b.usage))
    .map(({ usage, n }) => {
      const traceId = usage.slice(0, usage.indexOf(' '));
      const doubt = [...derived.doubts].find(([about]) => about === traceId)?.[1];
      const rules = derived.prices.get(usage) ?? [];
      const what = { about: 'cost', n, trace: n === null ? traceId : null, rules } as const;
      return compared(what, sitsOf(recorded.get(usage)), sitsOf(again.get(usage)), doubt);
    });
}

function byUsage(entries: readonly EntryFact[]): Map<string, EntryFact[]> {
  const usages = new Map<string, EntryFact[]>();
  for (const entry of entries) {
    const usage = usageOf(entry.postingId, entry.usageSpanId);
    const list = usages.get(usage);
    if (list === undefined) usages.set(usage, [entry]);
    else list.push(entry);
  }
  return usages;
}

function sitsOf(entries: readonly EntryFact[] | undefined): Said | null {
  const sits = accountsOf(entries ?? []);
  return sits.length === 0
    ? null
    : Object.fromEntries(sits.map(({ account, currency, amount }) => [`${account} ${currency}`, amount]));
}

function compared(
  what: Pick<ReevaluatedItem, 'about' | 'n' | 'trace' | 'rules'>,
  recorded: Said | null,
  derived: Said | null,
  doubt: string | undefined,
): ReevaluatedItem {
  const same = isEqual(recorded, derived);
  const result: ReevaluationResult = same
    ? 'confirms'
    : doubt === undefined
      ? 'diverges'
      : 'not_deterministic';
  return { ...what, recorded, derived, result, because: same ? null : (doubt ?? null) };
}

function isEqual(a: Said | null, b: Said | null): boolean {
  if (a === null || b === null) return a === b;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}
