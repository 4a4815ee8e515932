import type { Step } from '#model';

/** What reports group an attempt by (architecture 10). */
export interface AttemptDimensions {
  readonly workflow: string;
  readonly agent: string | null;
  /** The root's request model, else that of its costliest leaf. */
  readonly model: string | null;
  readonly provider: string | null;
  readonly dimensions: Readonly<Record<string, string>>;
}

/**
 * Dimensions of the steps of one attempt in one trace.
 *
 * @param steps by start; at least one. The first one is the attempt's root.
 * @param costPico charge of a leaf in pico-units; 0 for what has none
 */
export function attemptDimensions(
  steps: readonly Step[],
  costPico: (step: Step) => bigint,
): AttemptDimensions {
  const root = steps[0]!;
  const first = <T>(read: (step: Step) => T | null): T | null => {
    for (const step of steps) {
      const value = read(step);
      if (value !== null) return value;
    }
    return null;
  };
  const leaves = steps.filter((step) => step.role === 'leaf');
  const costliest = leaves.reduce<Step | null>(
    (best, leaf) => (best === null || costPico(leaf) > costPico(best) ? leaf : best),
    null,
  );
  const rootAgent = root.agentName ?? first((step) => (step.kind === 'agent' ? step.agentName : null));
  return {
    workflow: first((step) => step.workflowName) ?? rootAgent ?? root.serviceName ?? 'unknown',
    agent: rootAgent,
    model: root.modelRequest ?? costliest?.modelRequest ?? costliest?.modelResponse ?? null,
    provider: costliest?.provider ?? root.provider,
    dimensions: mergeDimensions(steps),
  };
}

/** Of each declared attribute the value of the first step that carries it. */
function mergeDimensions(steps: readonly Step[]): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const { dimensions } of steps) {
    for (const [name, value] of Object.entries(dimensions)) merged[name] ??= value;
  }
  return merged;
}
