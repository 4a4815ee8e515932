import { z } from 'zod';
import { Time } from '../wire.ts';

const Count = z.int().meta({ description: 'Spans' });
const Counts = z.record(z.string(), z.int());

export const EmitterView = z
  .object({
    id: z.guid(),
    service: z.string().meta({ description: 'service.name; empty where the resource does not say' }),
    scope: z.string().meta({ description: 'Name of the instrumentation' }),
    scopeVersion: z.string(),
    dialect: z.string().meta({ description: 'What the spans were read as; none: no model, agent or tool' }),
  })
  .meta({ id: 'Emitter' });

export const FindingView = z
  .object({
    code: z.string().meta({ description: 'Stable: programs may read it' }),
    severity: z.enum(['action', 'check', 'note']).meta({
      description: 'action: figures are wrong or lower bounds; check: may be right; note: is right',
    }),
    words: z.string(),
    docs: z.string().meta({ description: 'Section of the documentation that says what to do' }),
    spans: Count,
    share: z
      .string()
      .nullable()
      .meta({ description: 'Of the calls of the emitter; null where it has none that are billed' }),
    examples: z.array(z.object({ traceId: z.string(), spanId: z.string(), at: Time, spansInTrace: z.int() })),
  })
  .meta({ id: 'QualityFinding' });

export const EmitterQuality = z
  .object({
    emitter: EmitterView,
    firstDay: z.string(),
    lastDay: z.string(),
    spans: z.int(),
    kinds: Counts.meta({ description: 'What the spans mean' }),
    roles: z
      .object({ leaf: z.int(), container: z.int(), mirror: z.int(), none: z.int() })
      .meta({ description: 'leaf: billed calls; the others are not billed' }),
    roleReasons: z.array(
      z.object({ role: z.string(), reason: z.string(), words: z.string().nullable(), spans: Count }),
    ),
    usage: z
      .object({
        reported: z.int(),
        partial: z.int(),
        missing: z.int(),
        rejected: z.int(),
        zeroReported: z.int(),
        fromAnotherEmitter: z.int().meta({ description: 'Counted finer by another span of the same call' }),
      })
      .meta({ description: 'Of billed calls; missing is not zero' }),
    input: z
      .array(z.object({ semantics: z.string(), rule: z.string(), words: z.string(), calls: z.int() }))
      .meta({ description: 'Whether input contains cached tokens, and which rule decided' }),
    mirroredBy: z
      .array(z.object({ emitter: EmitterView.nullable(), spans: Count }))
      .meta({ description: 'Emitters whose span of the same call is billed instead' }),
    priced: z.int(),
    unpriced: z.array(z.object({ reason: z.string(), calls: z.int() })),
    unlinked: z.int().meta({ description: 'Billed calls that belong to no work item' }),
    withoutResponseId: z
      .int()
      .meta({ description: 'Billed calls that a gateway’s span cannot be matched to' }),
    withoutConversation: z.int(),
    flags: z.array(z.object({ flag: z.string(), words: z.string(), spans: Count })),
    findings: z.array(FindingView).meta({ description: 'The gravest first' }),
  })
  .meta({ id: 'EmitterQuality' });
export type EmitterQuality = z.infer<typeof EmitterQuality>;

export const DataQualityPage = z
  .object({
    period: z.object({ from: z.string().nullable(), to: z.string().nullable() }),
    emitters: z.array(EmitterQuality),
    rejectedAtIngest: z
      .array(
        z.object({
          reason: z.string(),
          spans: z.int(),
          first: Time,
          last: Time,
          examples: z.array(z.object({ subject: z.string(), at: Time })),
        }),
      )
      .nullable()
      .meta({
        description:
          'Spans refused on arrival, by day of arrival. Of all emitters: whose they are often cannot be read. ' +
          'null where one emitter was asked for',
      }),
    notCountedYet: z.boolean().meta({
      description: 'Traces from before an upgrade are still being counted: the counts are lower bounds',
    }),
    next: z.string().nullable(),
  })
  .meta({ id: 'DataQuality' });
export type DataQualityPage = z.infer<typeof DataQualityPage>;
