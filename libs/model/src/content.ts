import type { AttributeValue } from './span.ts';

/**
 * A piece of what a step said or saw. `tool_arguments` were handed to a tool; everything else was read, written or
 * retrieved.
 */
export interface ContentPart {
  readonly place: 'tool_arguments' | 'tool_result' | 'input' | 'output' | 'retrieved';
  /** For arguments and results: the tool's name. */
  readonly tool: string | null;
  /** As received: text (often JSON) or a structured attribute. */
  readonly value: AttributeValue;
}
