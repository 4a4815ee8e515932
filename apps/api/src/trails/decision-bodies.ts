import { DECISION_KINDS } from '#model';
import { z } from 'zod';
import { Time } from '../wire.ts';
import { DecisionOfReplay } from './replay-views.ts';

const Id = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, 'must hold no control characters');
const Code = z
  .string()
  .regex(/^[\w.:/@+-]{1,100}$/, 'must be a code of at most 100 letters, digits and _ . : / @ + -');
const Note = z.string().trim().min(1).max(2000);

const About = {
  decisionId: z
    .guid()
    .optional()
    .meta({ description: 'Yours, so that sending it again changes nothing; made here otherwise' }),
  workItem: z.strictObject({ kind: z.string().min(1).max(63), key: z.string().trim().min(1).max(512) }),
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hex digits')
    .optional(),
  spanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'must be 16 lower-case hex digits')
    .optional()
    .meta({ description: 'The step it is about, with its traceId; absent: the trail as a whole' }),
  at: Time.optional().meta({ description: 'When it was decided; when it is told otherwise' }),
  reasonCode: Code.optional(),
};
const stepIsWhole = ({
  traceId,
  spanId,
}: {
  traceId?: string | undefined;
  spanId?: string | undefined;
}): boolean => (traceId === undefined) === (spanId === undefined);
const WHOLE = { message: 'needs both traceId and spanId, or neither', path: ['spanId'] };

export const NewDecisionBody = z
  .strictObject({
    ...About,
    kind: z.enum(DECISION_KINDS).exclude(['override']),
    id: Id.meta({
      description: 'Of the rule, exception, precedent or document; the verdict; whom it was handed to',
    }),
    version: Code.optional(),
    result: Code.optional().meta({
      description: 'met, not_met; of a document used, ignored; or a code of yours',
    }),
    note: Note.optional().meta({
      description: 'Free text; it can be erased, and only a commitment to it is sealed',
    }),
  })
  .refine(stepIsWhole, WHOLE)
  .meta({ id: 'NewDecision' });
export type NewDecisionBody = z.infer<typeof NewDecisionBody>;

export const NewOverrideBody = z
  .strictObject({
    ...About,
    from: Code.meta({ description: 'What the agent had decided' }),
    to: Code.meta({ description: 'What holds instead' }),
    reason: Note.meta({
      description: 'Why, in words; it can be erased, and only a commitment to it is sealed',
    }),
  })
  .refine(stepIsWhole, WHOLE)
  .meta({ id: 'NewOverride' });
export type NewOverrideBody = z.infer<typeof NewOverrideBody>;

export const DecisionView = z
  .object({
    decisionId: z.guid(),
    state: z.enum(['stored', 'duplicate']),
    trail: z.guid().meta({ description: 'Names the work item in the evidence log' }),
    decision: DecisionOfReplay,
    recordedBy: z.guid().meta({ description: 'The principal who told it' }),
  })
  .meta({ id: 'RecordedDecision' });
