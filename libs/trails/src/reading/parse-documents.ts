/** One retrieved document. */
export interface RetrievedDocument {
  readonly id: string | null;
  readonly text: string;
}

/**
 * Reads documents out of a content part: a JSON list of `{id, content}`, OpenInference's flattened keys
 * (`retrieval.documents.0.document.id`), or a text, which is one document without an id. Never throws.
 */
export function parseDocuments(text: string): RetrievedDocument[] {
  const value = parse(text);
  if (Array.isArray(value)) return value.map(documentOf);
  if (typeof value !== 'object' || value === null) return text === '' ? [] : [{ id: null, text }];
  const flattened = new Map<string, { id: string | null; texts: string[] }>();
  for (const [key, item] of Object.entries(value)) {
    const match = /(?:^|\.)(\d+)\.(?:document\.)?(\w+)$/.exec(key);
    const written = typeof item === 'string' ? item : JSON.stringify(item);
    if (match === null) return nestedIn(value) ?? [{ id: null, text }];
    const document = flattened.get(match[1]!) ?? { id: null, texts: [] };
    if (match[2] === 'id') document.id = written;
    else document.texts.push(written);
    flattened.set(match[1]!, document);
  }
  return [...flattened.values()].map(({ id, texts }) => ({ id, text: texts.join('\n') }));
}

function nestedIn(value: object): RetrievedDocument[] | null {
  const list: unknown = Object.values(value).find((item) => Array.isArray(item));
  return Array.isArray(list) ? list.map(documentOf) : null;
}

function documentOf(value: unknown): RetrievedDocument {
  if (typeof value === 'string') return { id: null, text: value };
  if (typeof value !== 'object' || value === null) return { id: null, text: JSON.stringify(value) };
  const members = new Map<string, unknown>(Object.entries(value));
  const first = (...keys: readonly string[]): string | null => {
    for (const key of keys) {
      const found = members.get(key);
      if (typeof found === 'string') return found;
      if (typeof found === 'number') return String(found);
    }
    return null;
  };
  return {
    id: first('id', 'document_id', 'documentId', 'source', 'uri', 'url'),
    text: first('content', 'text', 'page_content', 'pageContent', 'snippet') ?? JSON.stringify(value),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
