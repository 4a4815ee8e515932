import { textOf } from './content-fact.ts';
import type { Message } from './parse-messages.ts';
import { parseDocuments } from './parse-documents.ts';
import { quotes, runsOf } from './same-words.ts';
import type { SpokenStep } from './spoken-step.ts';

/** A message in a model's context. */
export type SeenMessage = {
  readonly role: string | null;
  readonly characters: number;
  /** The entry it comes from; null = from outside, or nobody can tell. */
  readonly from: number | null;
  /** How that is known. */
  readonly basis: 'call_id' | 'same_text' | 'quotes_document' | null;
};

/**
 * The messages a model call saw, each with the earlier step it comes from: the tool call it answers by its id, else the
 * step that wrote or returned the same text, else the retrieval whose document it quotes.
 *
 * @param steps of the whole trail, in time
 * @returns null where the context was not recorded
 */
export function seenBy(step: SpokenStep, steps: readonly SpokenStep[]): SeenMessage[] | null {
  if (step.input === null) return null;
  const earlier = steps.slice(0, steps.indexOf(step)).reverse();
  return step.input.map((message): SeenMessage => ({
    role: message.role,
    characters: message.text.length,
    ...originOf(message, earlier),
  }));
}

function originOf(message: Message, earlier: readonly SpokenStep[]): Pick<SeenMessage, 'from' | 'basis'> {
  const { answers } = message;
  const byId =
    answers === null ? undefined : earlier.find(({ entry }) => entry.fact.step.tool?.callId === answers);
  if (byId !== undefined) return { from: byId.entry.n, basis: 'call_id' };
  const same = earlier.find((step) => hasWritten(step, message));
  if (same !== undefined) return { from: same.entry.n, basis: 'same_text' };
  const quoted = earlier.find((step) => quotesOneOf(message.text, step));
  return quoted === undefined
    ? { from: null, basis: null }
    : { from: quoted.entry.n, basis: 'quotes_document' };
}

function hasWritten(step: SpokenStep, message: Message): boolean {
  if (step.entry.fact.step.role === 'mirror') return false;
  if (message.text !== '' && textOf(step.parts, 'tool.result') === message.text) return true;
  return (step.output ?? []).some(
    (said) =>
      (said.text !== '' || said.calls.length > 0) &&
      said.text === message.text &&
      said.calls.map(({ id, name }) => `${id} ${name}`).join() ===
        message.calls.map(({ id, name }) => `${id} ${name}`).join(),
  );
}

function quotesOneOf(text: string, step: SpokenStep): boolean {
  if (step.entry.fact.step.kind !== 'retrieval') return false;
  const documents = textOf(step.parts, 'documents');
  return (
    documents !== null && parseDocuments(documents).some((document) => quotes(text, runsOf(document.text)))
  );
}
