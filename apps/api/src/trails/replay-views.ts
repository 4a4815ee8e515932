import { z } from 'zod';

const Amounts = z
  .record(z.string(), z.string())
  .meta({ description: 'Exact decimals by currency', examples: [{ USD: '0.0147' }] });
const AccountAmount = z.object({ account: z.string(), currency: z.string(), amount: z.string() });
const Value = z.object({ amount: z.string(), asset: z.string() });
const Time = z.string().meta({ description: 'UTC, nanoseconds' });

export const DecisionOfReplay = z
  .object({
    kind: z.string(),
    id: z.string(),
    version: z.string().nullable(),
    result: z.string().nullable(),
    from: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'ReplayDecision' });

const StepOfReplay = z
  .object({
    kind: z.string(),
    role: z.string(),
    traceId: z.string(),
    spanId: z.string(),
    parent: z.int().nullable().meta({ description: 'The entry it was done in' }),
    agent: z.string().nullable(),
    workflow: z.string().nullable(),
    service: z.string().nullable(),
    provider: z.string().nullable(),
    model: z.string().nullable(),
    failed: z.boolean(),
    finishReasons: z.array(z.string()),
    overheadPool: z.string().nullable(),
    isShared: z.boolean().meta({ description: 'It belongs to several work items' }),
    tokens: z.record(z.string(), z.string()).nullable(),
    usageState: z.string(),
    content: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'Salted commitments to what it said and saw, by class of content' }),
  })
  .meta({ id: 'ReplayStep' });

export const EntryOfReplay = z
  .object({
    n: z.int().meta({ description: 'Place in the order of recording, from 1' }),
    type: z.enum(['step', 'outcome', 'cost_line', 'link', 'decision', 'override']),
    attempt: z.int().nullable(),
    happenedAt: Time,
    endedAt: Time.nullable(),
    knownAt: Time,
    delayMs: z
      .string()
      .meta({ description: 'From having happened to being known; negative where clocks differ' }),
    late: z.boolean().meta({ description: 'Something that happened later was known before it' }),
    knewAtDecision: z
      .boolean()
      .nullable()
      .meta({ description: 'Whether it was recorded by the time the verdict was; null: there is none' }),
    proof: z.object({
      index: z.int().meta({ description: 'Of the leaf: /v1/proofs/{index}' }),
      leafHash: z.string(),
      revision: z.int().nullable(),
      since: z.int().meta({ description: 'The leaf that first knew it' }),
    }),
    step: StepOfReplay.nullable(),
    tool: z
      .object({
        called: z.string(),
        callId: z.string().nullable(),
        disposition: z.string(),
        effect: z.string(),
        basis: z.enum(['declared', 'span']),
      })
      .nullable(),
    retrieved: z.object({ documents: z.int().nullable() }).nullable(),
    retryOf: z.object({ n: z.int(), changed: z.array(z.string()) }).nullable(),
    handOff: z.object({ from: z.string().nullable(), to: z.string().nullable() }).nullable(),
    decisions: z.array(DecisionOfReplay),
    about: z.int().nullable().meta({ description: 'Of what was told afterwards: the entry it is about' }),
    by: z.string().nullable().meta({ description: 'The principal who told it' }),
    outcome: z
      .object({
        eventId: z.string(),
        source: z.string(),
        verb: z.string(),
        effect: z.string(),
        sequence: z.string().nullable(),
        value: Value.nullable(),
        tier: z.string().nullable(),
        quality: z.string().nullable(),
        ofMergedItem: z.boolean(),
      })
      .nullable(),
    line: z.object({ id: z.string(), kind: z.string(), source: z.string() }).nullable(),
    link: z.object({ decision: z.string(), action: z.string(), traceId: z.string() }).nullable(),
    cost: z.object({
      direct: Amounts.nullable().meta({ description: 'null: nothing is posted for it' }),
      cumulative: Amounts,
      sits: z.array(AccountAmount),
    }),
  })
  .meta({ id: 'ReplayEntry' });

const AttemptOfReplay = z
  .object({
    n: z.int(),
    attemptId: z.string(),
    startedAt: Time,
    endedAt: Time,
    toldApartBy: z.string(),
    grade: z.string(),
    placement: z.string(),
    workflow: z.string(),
    agent: z.string().nullable(),
    model: z.string().nullable(),
    provider: z.string().nullable(),
    traces: z.array(z.string()),
  })
  .meta({ id: 'ReplayAttempt' });

export const VerdictOfReplay = z
  .object({
    phase: z.string(),
    outcomeType: z.string(),
    definition: z.string(),
    generation: z.int(),
    at: Time.nullable(),
    finalAt: Time.nullable(),
    value: Value.nullable(),
    tier: z.string().nullable(),
    quality: z.string().nullable(),
    by: z.int().nullable().meta({ description: 'The entry that settled it' }),
  })
  .meta({ id: 'ReplayVerdict' });

export const ReplayView = z
  .object({
    format: z.literal('replay@1'),
    trail: z.string().meta({ description: 'Names the work item in the evidence log' }),
    kind: z.string(),
    size: z.int(),
    sealedAt: Time,
    order: z.enum(['recorded', 'observed']),
    rules: z.array(z.string()),
    verdict: VerdictOfReplay,
    cost: z.object({ total: Amounts, sits: z.array(AccountAmount) }),
    attempts: z.array(AttemptOfReplay),
    entries: z.array(EntryOfReplay),
  })
  .meta({ id: 'Replay' });

const Digest = z
  .string()
  .meta({ description: 'SHA-256 of the RFC 8785 form of what it stands beside, in hex' });

export const DigestedReplayView = z
  .object({ name: z.string(), digest: Digest, replay: ReplayView })
  .meta({ id: 'DigestedReplay' });
