import { z } from 'zod';
import { Json, Time } from '../wire.ts';

const WorkItemName = z.strictObject({
  kind: z.string().min(1).max(63),
  key: z.string().trim().min(1).max(512),
});
const TraceId = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hex digits');
const SpanId = z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 lower-case hex digits');

export const NewLinkBody = z
  .strictObject({
    action: z.enum(['link', 'unlink']),
    workItem: WorkItemName,
    traceId: TraceId.optional(),
    spanIds: z
      .array(SpanId)
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'Steps of the trace, each with everything under it; absent: the whole trace' }),
    attemptId: z
      .guid()
      .optional()
      .meta({ description: 'Instead of a trace: an attempt, over all of its traces' }),
    reason: z.string().trim().min(1).max(1000),
  })
  .refine(({ traceId, attemptId }) => (traceId === undefined) !== (attemptId === undefined), {
    message: 'give either traceId or attemptId',
    path: ['traceId'],
  })
  .refine(({ traceId, spanIds }) => spanIds === undefined || traceId !== undefined, {
    message: 'needs the traceId it is about',
    path: ['spanIds'],
  })
  .meta({ id: 'NewLink' });
export type NewLinkBody = z.infer<typeof NewLinkBody>;

export const DecisionView = z
  .object({
    decisionId: z.guid(),
    action: z.enum(['link', 'unlink']),
    workItem: z.object({ kind: z.string(), key: z.string() }),
    traceId: z.string(),
    spanIds: z.array(z.string()).nullable().meta({ description: 'null: the whole trace' }),
    attemptId: z.guid().nullable(),
    reason: z.string(),
    recordedAt: Time,
    recordedBy: z.guid(),
  })
  .meta({ id: 'LinkDecision' });

export const DecisionsView = z
  .object({
    decisionId: z.guid(),
    decisions: z.array(DecisionView).meta({ description: 'One per trace concerned' }),
  })
  .meta({ id: 'RecordedLink' });

export const LinkView = z
  .object({
    linkId: z.guid(),
    traceId: z.string(),
    spanId: z.string().nullable(),
    workItem: z.object({ kind: z.string(), key: z.string() }),
    scope: z.string().meta({ description: 'trace or step' }),
    tier: z.string().meta({ description: 'E1 to E5, or manual' }),
    confidence: z.string(),
    rule: z.string(),
    state: z.enum(['booked', 'candidate', 'dangling', 'withdrawn']),
    evidence: Json.meta({ description: 'Tier, source, rule and confidence of each piece, strongest first' }),
    supersedes: z.guid().nullable(),
    supersededBy: z.guid().nullable().meta({ description: 'null: it stands, unless it is withdrawn' }),
    recordedAt: Time,
  })
  .meta({ id: 'Link' });

export const LinkPage = z
  .object({ links: z.array(LinkView), decisions: z.array(DecisionView) })
  .meta({ id: 'Links' });

export const LinkQuery = z
  .strictObject({
    trace_id: TraceId.optional(),
    kind: z.string().min(1).max(63).optional(),
    key: z.string().min(1).max(512).optional(),
    history: z
      .enum(['true', 'false'])
      .default('false')
      .meta({ description: 'true: links that were superseded or withdrawn, too' }),
  })
  .refine(({ trace_id, kind, key }) => trace_id !== undefined || (kind !== undefined && key !== undefined), {
    message: 'give trace_id, or kind and key of a work item',
    path: ['trace_id'],
  });

const Tier = z.enum(['E1', 'E2', 'E3', 'E4', 'E5']);

export const NewAuditBody = z
  .strictObject({
    traceId: TraceId,
    linkId: z.guid(),
    verdict: z.enum(['right', 'wrong']),
    note: z.string().trim().min(1).max(1000).nullish(),
  })
  .meta({ id: 'NewLinkAudit' });

export const AuditView = z
  .object({
    auditId: z.guid(),
    traceId: z.string(),
    linkId: z.guid(),
    tier: z.string(),
    verdict: z.enum(['right', 'wrong']),
    note: z.string().nullable(),
    recordedAt: Time,
    recordedBy: z.guid(),
  })
  .meta({ id: 'LinkAudit' });

export const AuditPage = z
  .object({
    tiers: z
      .array(
        z.object({
          tier: z.string(),
          audited: z.int().meta({ description: 'Links, each by the newest word on it' }),
          right: z.int(),
          jeffreysMean: z.string().meta({ description: '(right + 1/2) / (audited + 1)' }),
          inForce: z.string().nullable().meta({ description: 'What links of the tier are given now' }),
        }),
      )
      .meta({ description: 'What the audits say so far; nothing changes until a calibration is recorded' }),
    audits: z.array(AuditView),
    next: z.string().nullable(),
  })
  .meta({ id: 'LinkAudits' });

const rate = z.number().gt(0).lt(1);

export const NewCalibrationBody = z
  .strictObject({
    tiers: z
      .array(
        z.union([
          z.strictObject({ tier: Tier, method: z.literal('jeffreys') }),
          z.strictObject({
            tier: Tier,
            method: z.literal('fellegi_sunter'),
            m: rate.meta({ description: 'How often the evidence is there among true links' }),
            u: rate.meta({ description: 'How often it is there among false ones' }),
            prior: rate.meta({ description: 'Share of true links before it is seen' }),
          }),
        ]),
      )
      .min(1)
      .max(5)
      .refine(
        (tiers) => new Set(tiers.map(({ tier }) => tier)).size === tiers.length,
        'a tier is named twice',
      ),
    minimumAudits: z
      .int()
      .min(1)
      .default(10)
      .meta({ description: 'jeffreys is refused for a tier with fewer audited links' }),
  })
  .meta({ id: 'NewLinkCalibration' });
export type NewCalibrationBody = z.infer<typeof NewCalibrationBody>;
