import { describeFlag, describeUsageSemantics } from '#conventions';
import type { CostClaim, Step } from '#model';
import { z } from 'zod';
import { formatWireTime, Time } from '../wire.ts';

const Address = z.object({ traceId: z.string(), spanId: z.string() });
const Claim = z.object({
  amount: z.string().meta({ description: 'Decimal, as the emitter wrote it' }),
  currency: z.string(),
  source: z.string().meta({ description: 'gateway, gateway_actual: paid; client_...: an estimate' }),
});

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
    roleReason: z.string().meta({ description: 'Why: a code, and the same in words' }),
    mirrorOf: Address.nullable().meta({
      description: 'Of a mirror: the span that is billed for the same call',
    }),
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
    usageRule: z
      .object({ input: z.string(), rule: z.string(), words: z.string() })
      .nullable()
      .meta({ description: 'Whether the input was counted with its cached tokens, and which rule decided' }),
    usageFrom: Address.nullable().meta({ description: 'Another span of the call that counted it finer' }),
    increaseSince: Address.nullable().meta({
      description:
        'Of a total that runs on over an agent’s life: the total that the tokens are the increase since',
    }),
    untraced: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'Of a container: what its totals exceed the calls inside by; never charged' }),
    reportedCost: Claim.extend({
      from: Address.nullable().meta({ description: 'The other span that claims it' }),
      own: Claim.nullable().meta({
        description: 'What this span itself claims, where `from` stands above it',
      }),
    })
      .nullable()
      .meta({ description: 'What an emitter says it cost; kept apart from the charge, never added to it' }),
    error: z.string().nullable(),
    dialect: z.string().meta({ description: 'What the span was read as' }),
    emitter: z.object({ service: z.string().nullable(), scope: z.string(), scopeVersion: z.string() }),
    doubts: z
      .array(z.object({ flag: z.string(), words: z.string() }))
      .meta({ description: 'What is doubtful about the reading' }),
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
    mirrorOf: addressOf(step.mirrorOf),
    provider: step.provider,
    model: step.modelResponse ?? step.modelRequest,
    tool: step.tool?.name ?? null,
    agent: step.agentName,
    tokens: step.usage === null ? null : texts(step.usage.tokens),
    units: step.usage === null ? null : texts(step.usage.units),
    usageState: step.usageState,
    usageRule:
      step.usageSemantics === null
        ? null
        : { ...step.usageSemantics, words: describeUsageSemantics(step.usageSemantics) },
    usageFrom: addressOf(step.usageFrom),
    increaseSince: addressOf(step.increaseSince ?? null),
    untraced: step.untraced === null ? null : texts(step.untraced.tokens),
    reportedCost: reportedCostOf(step),
    error: step.errorType,
    dialect: step.dialect,
    emitter: { service: step.serviceName, scope: step.scopeName, scopeVersion: step.scopeVersion },
    doubts: step.flags.map((flag) => ({ flag, words: describeFlag(flag) })),
  };
}

const texts = (counts: Readonly<Record<string, bigint>>): Record<string, string> =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count.toString()]));

const addressOf = (address: Step['mirrorOf']): z.infer<typeof Address> | null =>
  address === null ? null : { traceId: address.traceId, spanId: address.spanId };

function reportedCostOf({ costReported }: Step): z.infer<typeof StepView>['reportedCost'] {
  if (costReported === null) return null;
  const { from = null, own } = costReported;
  return { ...claimOf(costReported), from: addressOf(from), own: own === undefined ? null : claimOf(own) };
}

const claimOf = ({ amount, currency, source }: CostClaim): z.infer<typeof Claim> => ({
  amount,
  currency,
  source,
});
