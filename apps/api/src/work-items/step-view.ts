import type { Step } from '#model';
import { z } from 'zod';
import { formatWireTime, Time } from '../wire.ts';

/** What one span means, as it is shown: without content. */
export const StepView = z
  .object({
    traceId: z.string(),
    spanId: z.string(),
    parentSpanId: z.string().nullable(),
    startedAt: Time,
    endedAt: Time,
    kind: z.string(),
    name: z.string(),
    role: z.string().meta({ description: 'leaf: billed; container, mirror, none: not billed' }),
    roleReason: z.string(),
    provider: z.string().nullable(),
    model: z.string().nullable(),
    tool: z.string().nullable(),
    agent: z.string().nullable(),
    tokens: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'Disjoint classes; null: not reported' }),
    units: z.record(z.string(), z.string()).nullable(),
    usageState: z.string(),
    error: z.string().nullable(),
    dialect: z.string(),
  })
  .meta({ id: 'Step' });

export function toStepView(step: Step): z.infer<typeof StepView> {
  return {
    traceId: step.traceId,
    spanId: step.spanId,
    parentSpanId: step.parentSpanId,
    startedAt: formatWireTime(step.startedAtNs / 1000n),
    endedAt: formatWireTime(step.endedAtNs / 1000n),
    kind: step.kind,
    name: step.name,
    role: step.role,
    roleReason: step.roleReason,
    provider: step.provider,
    model: step.modelResponse ?? step.modelRequest,
    tool: step.tool?.name ?? null,
    agent: step.agentName,
    tokens: step.usage === null ? null : texts(step.usage.tokens),
    units: step.usage === null ? null : texts(step.usage.units),
    usageState: step.usageState,
    error: step.errorType,
    dialect: step.dialect,
  };
}

const texts = (counts: Readonly<Record<string, bigint>>): Record<string, string> =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count.toString()]));
