import { z } from 'zod';

const Result = z.enum(['confirms', 'diverges', 'not_deterministic']).meta({
  description:
    'not_deterministic: they differ, and not every input of the rule can be told at this size; `because` says which',
});
const Said = z.record(z.string(), z.string().nullable()).nullable();

const ReevaluatedItem = z
  .object({
    about: z.enum(['outcome', 'verdict', 'attempt', 'cost']).meta({
      description:
        'What an event did; what the work item stands at; where the cost of an attempt is placed; what one usage costs and ' +
        'the accounts where it sits',
    }),
    n: z.int().nullable().meta({ description: 'The entry of the replay it is about' }),
    trace: z.string().nullable(),
    rules: z.array(z.string()).meta({ description: 'Versions of rules and price books that were run' }),
    recorded: Said,
    derived: Said,
    result: Result,
    because: z.string().nullable(),
  })
  .meta({ id: 'ReevaluatedItem' });

export const ReevaluationAnswer = z
  .object({
    name: z.string(),
    digest: z.string().meta({ description: 'SHA-256 of the RFC 8785 form of `reevaluation`, in hex' }),
    reevaluation: z.object({
      format: z.literal('reevaluation@1'),
      trail: z.string(),
      size: z.int(),
      result: Result,
      counts: z.object({ confirms: z.int(), diverges: z.int(), not_deterministic: z.int() }),
      items: z.array(ReevaluatedItem),
      beyond: z
        .object({ entries: z.int(), amounts: z.record(z.string(), z.string()) })
        .meta({ description: 'Cost of the item that is not run again: told lines, hand-overs, human steps' }),
    }),
  })
  .meta({ id: 'ReevaluationAnswer' });
