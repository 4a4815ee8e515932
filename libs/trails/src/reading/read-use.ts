import { textOf } from './content-fact.ts';
import { parseDocuments, type RetrievedDocument } from './parse-documents.ts';
import { names, quotes, runsOf } from './same-words.ts';
import { isWriting, writtenIn, type SpokenStep } from './spoken-step.ts';

/** What became of a retrieved document. */
export type DocumentUse = {
  readonly id: string | null;
  readonly use: 'used' | 'ignored' | 'unknown';
  /**
   * Evidence. `declared`: the agent said so. `id`, `text`: it stands in what was written later. `in_no_later_text`: a
   * model saw it, everything written from then on can be read, and nothing of it is there.
   */
  readonly by: 'declared' | 'id' | 'text' | 'in_no_later_text' | null;
  /** The entry that shows it. */
  readonly n: number | null;
};

/**
 * Which documents of a retrieval were used afterwards in the same attempt, with the evidence. What cannot be told is
 * unknown, not ignored.
 *
 * @param steps of the whole trail, in time
 * @returns null where neither documents nor declarations were recorded
 */
export function readUse(retrieval: SpokenStep, steps: readonly SpokenStep[]): DocumentUse[] | null {
  const text = textOf(retrieval.parts, 'documents');
  const declared = declaredIn(retrieval, steps);
  if (text === null && declared.size === 0) return null;
  const documents = text === null ? [] : parseDocuments(text);
  const known = new Set(documents.flatMap(({ id }) => id ?? []));
  const unseen = [...declared.keys()].filter((id) => !known.has(id)).map((id) => ({ id, text: '' }));
  const later = laterThan(retrieval, steps);
  return [...documents, ...unseen].map((document) => useOf(document, declared, later));
}

const laterThan = (retrieval: SpokenStep, steps: readonly SpokenStep[]): SpokenStep[] =>
  steps
    .slice(steps.indexOf(retrieval) + 1)
    .filter((step) => step.entry.attempt === retrieval.entry.attempt && isWriting(step));

/** What the agent says of documents, in the retrieval itself or later. */
function declaredIn(
  retrieval: SpokenStep,
  steps: readonly SpokenStep[],
): Map<string, { use: 'used' | 'ignored'; n: number }> {
  const declared = new Map<string, { use: 'used' | 'ignored'; n: number }>();
  for (const { entry } of steps.slice(steps.indexOf(retrieval)))
    for (const { kind, id, result } of entry.fact.step.decisions ?? [])
      if (kind === 'document' && (result === 'used' || result === 'ignored') && !declared.has(id))
        declared.set(id, { use: result, n: entry.n });
  return declared;
}

function useOf(
  { id, text }: RetrievedDocument,
  declared: ReadonlyMap<string, { use: 'used' | 'ignored'; n: number }>,
  later: readonly SpokenStep[],
): DocumentUse {
  const said = id === null ? undefined : declared.get(id);
  if (said !== undefined) return { id, use: said.use, by: 'declared', n: said.n };
  const runs = runsOf(text);
  let seenIn: number | null = null;
  let isAllReadable = true;
  for (const step of later) {
    if (seenIn === null && step.input?.some((message) => quotes(message.text, runs))) seenIn = step.entry.n;
    const written = writtenIn(step);
    if (written === null) isAllReadable = false;
    else if (id !== null && names(written, id)) return { id, use: 'used', by: 'id', n: step.entry.n };
    else if (quotes(written, runs)) return { id, use: 'used', by: 'text', n: step.entry.n };
  }
  return isAllReadable && seenIn !== null
    ? { id, use: 'ignored', by: 'in_no_later_text', n: seenIn }
    : { id, use: 'unknown', by: null, n: null };
}
