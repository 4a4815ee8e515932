import type { StepEntry } from '../fold/fold-trail.ts';
import { textOf, type ContentFact } from './content-fact.ts';
import type { Message } from './parse-messages.ts';

/** A step with what it said and saw. */
export interface SpokenStep {
  readonly entry: StepEntry;
  readonly parts: readonly ContentFact[];
  /** null = not recorded, or redacted. */
  readonly input: readonly Message[] | null;
  readonly output: readonly Message[] | null;
}

/** What the agent itself wrote in a step: an answer, the tools it asked for, what it handed to one; null = unknown. */
export function writtenIn(step: SpokenStep): string | null {
  if (step.entry.fact.step.kind === 'tool_call') return textOf(step.parts, 'tool.arguments');
  if (step.output === null) return null;
  return step.output
    .map(({ text, calls }) => [text, ...calls.map((call) => call.arguments)].join('\n'))
    .join('\n');
}

/** Steps in which an agent writes something. */
export const isWriting = ({ entry }: SpokenStep): boolean =>
  (entry.fact.step.kind === 'model_call' || entry.fact.step.kind === 'tool_call') &&
  entry.fact.step.role !== 'mirror' &&
  entry.fact.step.overheadPool === null;
