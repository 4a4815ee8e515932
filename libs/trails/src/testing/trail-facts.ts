import type { Step } from '#model';
import type { LeafStamp, StepFact, TrailFacts } from '../fold/trail-facts.ts';

export const REF = 'ticket:1:T1';
const START_NS = 1_792_540_800_000_000_000n;
export const atNs = (second: number): bigint => START_NS + BigInt(second) * 1_000_000_000n;
export const atUs = (second: number): bigint => atNs(second) / 1000n;

/** A leaf that was recorded so many seconds after the start, and sealed a second later. */
export const leafAt = (index: number): LeafStamp => ({
  index,
  hash: `hash ${index}`,
  recordedAtUs: atUs(index),
  sealedAtUs: atUs(index + 1),
});

/** A step as it would be written down: `n` names the span and its second. */
export function stepOf(n: number, step: Partial<Step> = {}): Step {
  return {
    traceId: '1'.padStart(32, '0'),
    spanId: String(n).padStart(16, '0'),
    parentSpanId: null,
    name: 'span',
    startedAtNs: atNs(n),
    endedAtNs: atNs(n),
    kind: 'other',
    role: 'none',
    roleReason: 'test',
    mirrorOf: null,
    dialect: 'test@1',
    provider: null,
    modelRequest: null,
    modelResponse: null,
    usage: null,
    usageState: 'missing',
    usageSemantics: null,
    usageFrom: null,
    extraUsage: [],
    untraced: null,
    costReported: null,
    serviceTier: null,
    tool: null,
    documentCount: null,
    conversationId: null,
    responseId: null,
    requestId: null,
    agentName: null,
    workflowName: null,
    serviceName: null,
    errorType: null,
    finishReasons: [],
    scopeName: 'test',
    scopeVersion: '1',
    flags: [],
    workItemKeys: [],
    attemptNumber: null,
    overheadPool: null,
    dimensions: {},
    ...step,
  };
}

export const factOf = (step: Step, index = 1): StepFact => ({
  step,
  revision: 1,
  leaf: leafAt(index),
  received: leafAt(index),
});

/** Facts of one ticket, worked on by one trace. */
export function factsOf(steps: readonly StepFact[], more: Partial<TrailFacts> = {}): TrailFacts {
  const traces = [...new Set(steps.map(({ step }) => step.traceId))];
  return {
    size: 1000,
    sealedAtUs: atUs(1000),
    item: {
      ref: REF,
      kind: 'ticket',
      surrogateId: '00000000-0000-7000-8000-000000000000',
      phase: 'open',
      outcomeType: 'ticket.resolved',
      definition: 'ticket@0',
      generation: 1,
      phaseAtUs: null,
      finalAtUs: null,
      valueAmountPico: null,
      valueAsset: null,
      tier: null,
      quality: null,
    },
    merged: [],
    steps,
    attempts: traces.map((traceId) => attemptOf(traceId, REF)),
    entries: [],
    outcomes: [],
    costLines: [],
    linkDecisions: [],
    told: [],
    rules: [],
    ...more,
  };
}

export const attemptOf = (traceId: string, workItemRef: string): TrailFacts['attempts'][number] => ({
  traceId,
  attemptId: `attempt ${traceId} ${workItemRef}`,
  workItemRef,
  startedAtUs: atUs(0),
  endedAtUs: atUs(100),
  keyKind: 'trace',
  grade: 'metered',
  placement: 'outcome',
  workflow: 'support',
  agent: null,
  model: null,
  provider: null,
});
