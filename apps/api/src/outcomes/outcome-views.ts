import type { StoredOutcome } from '#store';
import { z } from 'zod';
import { formatWireTime, Time, Json } from '../wire.ts';
import { toValueView, ValueView } from './value-view.ts';

const Attributes = z.object({
  data: Json.optional(),
  extensions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  timeAssumed: z.boolean().default(false),
  setAside: z.string().nullable().default(null),
});

export const OutcomeView = z
  .object({
    outcomeId: z.guid().meta({ description: 'Names the event in this API and in the evidence log' }),
    source: z.string(),
    id: z.string(),
    type: z.string(),
    workItem: z.object({ kind: z.string(), key: z.string() }),
    verb: z.string(),
    effect: z.string().meta({
      description:
        'What it does to its work item, as read at receipt; set_aside: nothing, until a definition gives it a meaning',
    }),
    setAside: z
      .string()
      .nullable()
      .meta({ description: 'Why nothing, at receipt: unknown_kind or unknown_verb' }),
    time: Time,
    timeAssumed: z.boolean().meta({ description: 'The event had no time: the time of receipt is used' }),
    sequence: z.string().nullable(),
    value: ValueView.nullable(),
    tier: z
      .string()
      .nullable()
      .meta({ description: 'As the event states it: confirmed, assumed, contained, assisted' }),
    quality: z.string().nullable(),
    data: Json.optional(),
    extensions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    receivedAt: Time,
  })
  .meta({ id: 'Outcome' });

export const OutcomePage = z
  .object({ items: z.array(OutcomeView), next: z.string().nullable() })
  .meta({ id: 'OutcomePage' });

const Refusal = z.object({
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  field: z.string().nullable(),
});

export const BatchAnswer = z
  .object({
    stored: z.int(),
    duplicate: z.int(),
    refused: z.int(),
    results: z.array(
      z.object({
        status: z.enum(['stored', 'duplicate', 'refused']),
        outcome: OutcomeView.nullable(),
        problem: Refusal.nullable(),
      }),
    ),
  })
  .meta({ id: 'OutcomeBatchAnswer' });

export function toOutcomeView(outcome: StoredOutcome): z.infer<typeof OutcomeView> {
  const attributes = Attributes.parse(outcome.attributes);
  return {
    outcomeId: outcome.surrogateId,
    source: outcome.source,
    id: outcome.eventId,
    type: `${outcome.kind}.${outcome.verb}`,
    workItem: { kind: outcome.kind, key: outcome.key },
    verb: outcome.verb,
    effect: outcome.effect,
    setAside: attributes.setAside,
    time: formatWireTime(outcome.occurredAtUs),
    timeAssumed: attributes.timeAssumed,
    sequence: outcome.sequence,
    value: toValueView(outcome.valueAmountPico, outcome.valueAsset),
    tier: outcome.tier,
    quality: outcome.quality,
    data: attributes.data,
    extensions: attributes.extensions,
    receivedAt: formatWireTime(outcome.receivedAtUs),
  };
}
