import { formatPico, type Decision, type Ref, type Step } from '#model';
import { compare } from '../fold/compare.ts';
import { accountsOf, CostSum } from '../fold/costs.ts';
import type { StepEntry, Trail, TrailAttempt, TrailEntry } from '../fold/fold-trail.ts';
import { formatTimeNs, formatTimeOfUs } from '../fold/format-time.ts';
import { hasFailed, retriesOf, type Retry } from '../fold/retries.ts';
import { Surroundings } from '../fold/surroundings.ts';
import type { EntryFact, ItemFact, OutcomeFact, ToldFact } from '../fold/trail-facts.ts';
import {
  REPLAY_FORMAT,
  type Replay,
  type ReplayAttempt,
  type ReplayDecision,
  type ReplayEntry,
  type ReplayOrder,
  type ReplayStep,
  type ReplayTool,
  type ReplayVerdict,
} from './replay-format.ts';

/**
 * L0 replay: the recorded facts of a trail re-read, no model called. Pure: the same trail and order give the same
 * bytes, for ever (ledger.md 5).
 *
 * @param order `recorded`: the log's; `observed`: by when things happened, ties by `n`
 */
export function toReplay(trail: Trail, order: ReplayOrder): Replay {
  const { facts, attempts, verdict } = trail;
  const own = facts.entries.filter(({ workItemRef }) => workItemRef === facts.item.ref);
  return {
    format: REPLAY_FORMAT,
    trail: facts.item.surrogateId,
    kind: facts.item.kind,
    size: facts.size,
    sealedAt: formatTimeOfUs(facts.sealedAtUs),
    order,
    rules: facts.rules,
    verdict: toVerdict(facts.item, verdict),
    cost: { total: new CostSum().add(own).amounts(), sits: accountsOf(own) },
    attempts: attempts.map(toAttempt),
    entries: toEntries(trail, order, own),
  };
}

interface Surrounded {
  readonly trail: Trail;
  readonly around: Surroundings;
  readonly retries: ReadonlyMap<StepEntry, Retry>;
  readonly costs: ReadonlyMap<string, readonly EntryFact[]>;
}

function toEntries(trail: Trail, order: ReplayOrder, own: readonly EntryFact[]): ReplayEntry[] {
  const costs = new Map<string, EntryFact[]>();
  for (const entry of own) {
    const usage = `${entry.postingId} ${entry.usageSpanId}`;
    const list = costs.get(usage);
    if (list === undefined) costs.set(usage, [entry]);
    else list.push(entry);
  }
  const known: Surrounded = { trail, around: new Surroundings(trail), retries: retriesOf(trail), costs };
  const listed = order === 'recorded' ? trail.entries : [...trail.entries].sort(byTime);
  const cumulative = new CostSum();
  return listed.map((entry) => toEntry(entry, known, cumulative));
}

export const byTime = (a: TrailEntry, b: TrailEntry): number =>
  compare(a.happenedAtNs, b.happenedAtNs) || a.n - b.n;

function toEntry(entry: TrailEntry, known: Surrounded, cumulative: CostSum): ReplayEntry {
  const { verdict } = known.trail;
  const posted =
    entry.type === 'step'
      ? (known.costs.get(`${entry.fact.step.traceId} ${entry.fact.step.spanId}`) ?? [])
      : [];
  const standing = entry.type === 'step' ? entry.fact.leaf : entry.leaf;
  const endedAtNs = entry.endedAtNs ?? entry.happenedAtNs;
  return {
    ...NOTHING,
    ...(entry.type === 'step' ? ofStep(entry, known) : ofFact(entry, known)),
    n: entry.n,
    attempt: entry.attempt,
    happenedAt: formatTimeNs(entry.happenedAtNs),
    endedAt: entry.endedAtNs === null ? null : formatTimeNs(entry.endedAtNs),
    knownAt: formatTimeOfUs(entry.leaf.recordedAtUs),
    delayMs: ((entry.leaf.recordedAtUs * 1000n - endedAtNs) / 1_000_000n).toString(),
    late: entry.isLate,
    knewAtDecision: verdict === null ? null : entry.leaf.index <= verdict.leaf.index,
    proof: {
      index: standing.index,
      leafHash: standing.hash,
      revision: entry.type === 'step' ? entry.fact.revision : null,
      since: entry.leaf.index,
    },
    cost: {
      direct: posted.length === 0 ? null : new CostSum().add(posted).amounts(),
      cumulative: cumulative.add(posted).amounts(),
      sits: accountsOf(posted),
    },
  };
}

type Said = 'step' | 'tool' | 'retrieved' | 'retryOf' | 'handOff' | 'decisions' | 'about' | 'by';
type Told = 'outcome' | 'line' | 'link';
const NOTHING: Pick<ReplayEntry, Said | Told> = {
  step: null,
  tool: null,
  retrieved: null,
  retryOf: null,
  handOff: null,
  decisions: [],
  about: null,
  by: null,
  outcome: null,
  line: null,
  link: null,
};

function ofStep(
  entry: StepEntry,
  { around, retries }: Surrounded,
): Pick<ReplayEntry, 'type'> & Partial<ReplayEntry> {
  const { step, isShared } = entry.fact;
  const retry = retries.get(entry);
  const from = around.handedOverBy(step);
  const declared = step.decisions?.find(({ kind }) => kind === 'handoff');
  return {
    type: 'step',
    step: toStep(step, isShared, around),
    tool: toTool(step),
    retrieved: step.kind === 'retrieval' ? { documents: step.documentCount } : null,
    retryOf: retry === undefined ? null : { n: retry.of.n, changed: retry.changed },
    handOff:
      declared !== undefined
        ? { from: around.agentOf(step), to: declared.id }
        : from === null
          ? null
          : { from, to: step.agentName },
    decisions: (step.decisions ?? []).map(toDecision),
  };
}

function toStep(step: Step, isShared: boolean, around: Surroundings): ReplayStep {
  return {
    kind: step.kind,
    role: step.role,
    traceId: step.traceId,
    spanId: step.spanId,
    parent: around.parentOf(step)?.n ?? null,
    agent: around.agentOf(step),
    workflow: step.workflowName,
    service: step.serviceName,
    provider: step.provider,
    model: step.modelResponse ?? step.modelRequest,
    failed: hasFailed(step),
    finishReasons: step.finishReasons,
    overheadPool: step.overheadPool,
    isShared,
    tokens:
      step.usage === null
        ? null
        : Object.fromEntries(
            Object.entries(step.usage.tokens).map(([bucket, count]) => [bucket, count.toString()]),
          ),
    usageState: step.usageState,
    content: step.commitments?.parts ?? null,
  };
}

/** Of error classes only: sentences may be erased, and a replay does not change then. */
const TIMED_OUT = /^\S*(?:time.?d?.?out|deadline)\S*$/i;

/** What the agent declared, else how the span ended. A span that ended well says that the tool answered, no more. */
function toTool({ kind, tool, errorType }: Step): ReplayTool | null {
  if (kind !== 'tool_call' || tool === null) return null;
  const { name: called, callId, disposition, effect } = tool;
  const ended = errorType === null ? 'executed' : TIMED_OUT.test(errorType) ? 'timed_out' : 'errored';
  return {
    called,
    callId,
    disposition: disposition ?? ended,
    effect: effect ?? 'attempted',
    basis: disposition === undefined && effect === undefined ? 'span' : 'declared',
  };
}

function ofFact(
  entry: Exclude<TrailEntry, { type: 'step' }>,
  { trail, around }: Surrounded,
): Pick<ReplayEntry, 'type'> & Partial<ReplayEntry> {
  if (entry.type === 'outcome') return ofOutcome(entry.fact, trail.facts.item.ref);
  if (entry.type === 'cost_line') {
    const { surrogateId, lineKind, source } = entry.fact;
    return { type: 'cost_line', line: { id: surrogateId, kind: lineKind, source } };
  }
  if (entry.type === 'link') {
    const { decisionId, action, traceId, recordedBy } = entry.fact;
    return { type: 'link', by: recordedBy, link: { decision: decisionId, action, traceId } };
  }
  return {
    type: entry.fact.decision.kind === 'override' ? 'override' : 'decision',
    decisions: [toDecision(entry.fact.decision)],
    about: aboutOf(entry.fact, around),
    by: entry.fact.toldBy,
  };
}

const ofOutcome = (fact: OutcomeFact, ref: Ref): Pick<ReplayEntry, 'type' | 'handOff' | 'outcome'> => ({
  type: 'outcome',
  handOff: fact.effect === 'handed_off' ? { from: null, to: null } : null,
  outcome: {
    eventId: fact.surrogateId,
    source: fact.source,
    verb: fact.verb,
    effect: fact.effect,
    sequence: fact.sequence,
    value: toValue(fact.value?.amountPico ?? null, fact.value?.asset ?? null),
    tier: fact.tier,
    quality: fact.quality,
    ofMergedItem: fact.ref !== ref,
  },
});

const aboutOf = ({ traceId, spanId }: ToldFact, around: Surroundings): number | null =>
  traceId === null || spanId === null ? null : (around.at(traceId, spanId)?.n ?? null);

const toDecision = ({ kind, id, version, result, from, reason }: Decision): ReplayDecision => ({
  kind,
  id,
  version,
  result,
  from,
  reason,
});

/** In pico, whatever the asset: an outcome may be worth pages as well as money. */
const toValue = (
  amountPico: bigint | null,
  asset: string | null,
): { amount: string; asset: string } | null =>
  amountPico === null || asset === null
    ? null
    : { amount: formatPico(amountPico), asset: asset.slice(0, asset.lastIndexOf('/')) };

function toAttempt({ n, attemptId, parts }: TrailAttempt): ReplayAttempt {
  const first = parts[0]!;
  const endedAtUs = parts.reduce((last, part) => (part.endedAtUs > last ? part.endedAtUs : last), 0n);
  return {
    n,
    attemptId,
    startedAt: formatTimeOfUs(first.startedAtUs),
    endedAt: formatTimeOfUs(endedAtUs),
    toldApartBy: first.keyKind,
    grade: first.grade,
    placement: first.placement,
    workflow: first.workflow,
    agent: first.agent,
    model: first.model,
    provider: first.provider,
    traces: [...new Set(parts.map(({ traceId }) => traceId))],
  };
}

const toVerdict = (item: ItemFact, verdict: TrailEntry | null): ReplayVerdict => ({
  phase: item.phase,
  outcomeType: item.outcomeType,
  definition: item.definition,
  generation: item.generation,
  at: item.phaseAtUs === null ? null : formatTimeOfUs(item.phaseAtUs),
  finalAt: item.finalAtUs === null ? null : formatTimeOfUs(item.finalAtUs),
  value: toValue(item.valueAmountPico, item.valueAsset),
  tier: item.tier,
  quality: item.quality,
  by: verdict?.n ?? null,
});
