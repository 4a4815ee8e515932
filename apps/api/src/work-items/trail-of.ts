import type { ResolvedTrace } from '#attribution';
import { formatPico, type Ref } from '#model';
import type { CostedAttemptPart, PostedBalance } from '#store';
import { z } from 'zod';
import { Money } from '../wire.ts';
import { StepView, toStepView } from './step-view.ts';

export const TrailStep = StepView.extend({
  n: z.int().meta({ description: 'Place in the trail, from 1' }),
  attempt: z.int().nullable().meta({ description: 'Which attempt, from 1 in their order' }),
  attemptId: z.guid().nullable(),
  costUsd: Money.nullable().meta({
    description: 'This work item’s part of the charge; null: none is posted',
  }),
  isShared: z.boolean().meta({ description: 'The step belongs to several work items' }),
  overheadPool: z.string().nullable(),
}).meta({ id: 'TrailStep' });
export type TrailStep = z.infer<typeof TrailStep>;

/**
 * The steps of a work item over all of its attempts, in time; steps that start together in the order of their span
 * ids. Steps a declared rule made overhead stand in it too, with their pool: they happened, and cost elsewhere. Pure.
 */
export function trailOf(
  ref: Ref,
  traces: readonly ResolvedTrace[],
  parts: readonly CostedAttemptPart[],
  balances: readonly PostedBalance[],
): TrailStep[] {
  const order = [...new Set(parts.map(({ attemptId }) => attemptId))];
  const costs = new Map<string, bigint>();
  for (const balance of balances) {
    if (balance.workItemRef !== ref || balance.asset !== 'USD/12') continue;
    const id = `${balance.postingId} ${balance.usageSpanId}`;
    costs.set(id, (costs.get(id) ?? 0n) + balance.amount);
  }
  return traces
    .flatMap(({ steps }) => steps)
    .filter(
      ({ step, shares }) => step.overheadPool !== null || shares.some((share) => share.workItemRef === ref),
    )
    .sort(
      ({ step: a }, { step: b }) =>
        compare(a.startedAtNs, b.startedAtNs) || compare(a.traceId, b.traceId) || compare(a.spanId, b.spanId),
    )
    .map(({ step, shares }, index): TrailStep => {
      const part =
        step.overheadPool === null ? partAt(parts, step.traceId, step.startedAtNs / 1000n) : undefined;
      const cost = costs.get(`${step.traceId} ${step.spanId}`);
      return {
        ...toStepView(step),
        n: index + 1,
        attempt: part === undefined ? null : order.indexOf(part.attemptId) + 1,
        attemptId: part?.attemptId ?? null,
        costUsd: cost === undefined ? null : formatPico(cost),
        isShared: shares.length > 1,
        overheadPool: step.overheadPool,
      };
    });
}

/** Attempts of one trace follow each other, so the last one begun is the one a step is in. */
function partAt(
  parts: readonly CostedAttemptPart[],
  traceId: string,
  atUs: bigint,
): CostedAttemptPart | undefined {
  const inTrace = parts.filter((part) => part.traceId === traceId);
  return inTrace.findLast((part) => part.startedAtUs <= atUs) ?? inTrace[0];
}

const compare = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
