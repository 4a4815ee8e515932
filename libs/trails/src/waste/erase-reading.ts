import type { StepReading, TraceReading } from './trace-reading.ts';

/**
 * A reading without the names that tools' arguments had: `argument 1` and so on, in the order of the names, and the number
 * of its text as before.
 *
 * @param kept names that stay
 */
export function eraseReading({ v, steps }: TraceReading, kept: ReadonlySet<string>): TraceReading {
  return {
    v,
    steps: Object.fromEntries(Object.entries(steps).map(([span, step]) => [span, eraseStep(step, kept)])),
  };
}

function eraseStep(step: StepReading, kept: ReadonlySet<string>): StepReading {
  if (step.arguments === undefined) return step;
  const { same, fields } = step.arguments;
  const named = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  const erased = named.map(([name, text], index): [string, number] => [
    kept.has(name) ? name : `argument ${index + 1}`,
    text,
  ]);
  return { ...step, arguments: { same, fields: Object.fromEntries(erased) } };
}
