import { z } from 'zod';
import { DecisionOfReplay } from './replay-views.ts';

const Redacted = z.object({
  part: z.string(),
  redacted: z.object({
    by: z.string().meta({ description: 'erasure, or not_stored' }),
    leaf: z.int().nullable().meta({ description: 'The leaf that says so' }),
  }),
});
const Opened = z.object({
  part: z.string(),
  mediaType: z.string(),
  characters: z.int(),
  text: z.string().optional().meta({ description: 'With content=text' }),
});

export const ReadingView = z
  .object({
    n: z.int(),
    name: z.string().nullable(),
    error: z.string().nullable(),
    content: z.array(z.union([Redacted, Opened])),
    seen: z
      .array(
        z.object({
          role: z.string().nullable(),
          characters: z.int(),
          from: z
            .int()
            .nullable()
            .meta({ description: 'The entry it comes from; null: from outside, or not known' }),
          basis: z.enum(['call_id', 'same_text', 'quotes_document']).nullable(),
        }),
      )
      .nullable()
      .meta({ description: 'The messages in a model’s context; null: not recorded' }),
    available: z.array(z.string()).nullable().meta({ description: 'Tools it could have called' }),
    documents: z
      .array(
        z.object({
          id: z.string().nullable(),
          use: z.enum(['used', 'ignored', 'unknown']),
          by: z.enum(['declared', 'id', 'text', 'in_no_later_text']).nullable(),
          n: z.int().nullable().meta({ description: 'The entry that shows it' }),
        }),
      )
      .nullable()
      .meta({ description: 'What became of each retrieved document' }),
    asked: z
      .enum(['same', 'changed', 'unknown'])
      .nullable()
      .meta({ description: 'Of a retry: whether it asked the same again' }),
  })
  .meta({ id: 'EntryReading' });

export const StateView = z
  .object({
    n: z.int(),
    at: z.string(),
    phase: z.string(),
    attempts: z.array(z.int()),
    cost: z.record(z.string(), z.string()),
    modelCalls: z.int(),
    tools: z.array(z.object({ tool: z.string(), called: z.int(), failed: z.int() })),
    documents: z.int().nullable(),
    retries: z.int(),
    handOffs: z.int(),
    decisions: z.array(DecisionOfReplay.extend({ by: z.int() })),
    unknownYet: z.int().meta({ description: 'Entries that come after it' }),
  })
  .meta({ id: 'TrailState' });

const Side = z.object({
  trail: z.string(),
  phase: z.string(),
  verdict: z.int().nullable(),
  acts: z.int(),
  retries: z.int(),
  cost: z.record(z.string(), z.string()),
  callsWithoutUsage: z.int(),
});
const Row = z
  .object({
    class: z.enum(['same', 'changed', 'only_a', 'only_b']),
    signature: z.string(),
    a: z.int().nullable(),
    b: z.int().nullable(),
    changed: z.array(z.string()),
    unknown: z
      .array(z.string())
      .meta({ description: 'What cannot be compared: not opened, not recorded, or erased' }),
    isDeed: z.boolean(),
    afterVerdict: z.boolean(),
  })
  .meta({ id: 'DiffRow' });
const Called = z.object({ called: z.int(), failed: z.int() });

export const DiffView = z
  .object({
    format: z.literal('diff@1'),
    label: z.string(),
    size: z.int(),
    a: Side,
    b: Side,
    firstDivergence: Row.nullable(),
    firstDifference: Row.nullable(),
    rows: z.array(Row),
    rules: z.object({
      onlyA: z.array(z.string()),
      onlyB: z.array(z.string()),
      versions: z.array(z.object({ rule: z.string(), a: z.string().nullable(), b: z.string().nullable() })),
    }),
    retrieved: z.object({
      usedOnlyA: z.array(z.string()),
      usedOnlyB: z.array(z.string()),
      usedByBoth: z.array(z.string()),
      unknown: z.int(),
    }),
    tools: z.array(z.object({ tool: z.string(), a: Called, b: Called })),
    tokens: z.array(z.object({ class: z.string(), a: z.string(), b: z.string(), difference: z.string() })),
  })
  .meta({ id: 'TrailDiff' });

const Counts = z.object({ trails: z.int(), failed: z.int() });
export const DiffAnswer = z
  .object({
    names: z.object({ a: z.string(), b: z.string() }),
    digest: z.string(),
    diff: DiffView,
    similar: z.object({ signature: z.string(), with: Counts, without: Counts }).nullable().meta({
      description: 'Closed trails of this kind that did the act of the first divergence, and how many failed',
    }),
  })
  .meta({ id: 'TrailDiffAnswer' });

export const PrecedentsView = z
  .object({
    trail: z.string(),
    size: z
      .int()
      .meta({ description: 'Leaves of the log that were known at as_of: nothing later is in the answer' }),
    considered: z.int(),
    precedents: z.array(
      z.object({
        trail: z.string(),
        name: z.string(),
        phase: z.string(),
        isNamed: z.boolean().meta({ description: 'The trail asked about names it' }),
        score: z.int().meta({ description: 'Of 10,000' }),
        parts: z.object({ rules: z.int(), decisionKinds: z.int(), runs: z.int(), traits: z.int() }),
        sharedRules: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'Precedents' });
