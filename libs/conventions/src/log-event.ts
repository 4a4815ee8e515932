import type { Attributes, StepKind, ToolUse } from '#model';
import { firstText } from './attribute.ts';

/** Whether an event says of itself `success: false`, as bool or as text. */
export function hasFailed(attributes: Attributes): boolean {
  const success = attributes.get('success');
  return success === false || success === 'false';
}

/** The tool that an event names. */
export function toolOf(attributes: Attributes, nameKey: string, callIdKey: string): ToolUse | null {
  const name = firstText(attributes, nameKey, 'gen_ai.tool.name');
  const callId = firstText(attributes, callIdKey, 'gen_ai.tool.call.id');
  return name === null && callId === null ? null : { name: name ?? 'tool', callId };
}

/** Who decided whether a tool may run: a person, else a rule, a hook or a setting (conventions.md G4). */
export function decisionKind(attributes: Attributes): StepKind {
  return /^user/i.test(firstText(attributes, 'source', 'decision_source') ?? '') ? 'human' : 'guardrail';
}
