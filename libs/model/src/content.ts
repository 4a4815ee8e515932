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

/**
 * Changes what a span or log record says, value by value: what a method returns is written in place of what it was
 * given. `event` is the name of the event, or of the log record, that the value stands in; null for a span's own.
 */
export interface ItemEdit {
  /** Cheap: whether the value under the key is worth decoding. */
  concerns(event: string | null, key: string): boolean;
  /** @returns the value itself to leave it as it is */
  attribute(event: string | null, key: string, value: AttributeValue): AttributeValue;
  /** A span's name; absent: it stays. */
  readonly name?: (name: string) => string;
  /** The message of a span's status; never empty. */
  readonly status: (message: string) => string;
  /** The body of a log record. */
  body(event: string, value: AttributeValue): AttributeValue;
}
