/**
 * The tools that were offered, one by one: a JSON list of `{name}`, `{function: {name}}` or `{functionDeclarations}`. What
 * is not understood is one definition without a name. Never throws.
 */
export function readDefinitions(text: string): { readonly name: string | null; readonly text: string }[] {
  const list = listIn(parse(text));
  if (list === null || list.length === 0) return [{ name: null, text }];
  return list.map((item) => ({ name: nameOf(item), text: JSON.stringify(item) }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function listIn(value: unknown): unknown[] | null {
  if (typeof value === 'string') return listIn(parse(value));
  if (Array.isArray(value)) {
    const nested = value.map((item) => memberOf(item, 'functionDeclarations'));
    if (nested.every((item) => Array.isArray(item))) return nested.flat();
    return value.map((item): unknown => (typeof item === 'string' ? (parse(item) ?? item) : item));
  }
  const tools = memberOf(value, 'tools') ?? memberOf(value, 'functions');
  return Array.isArray(tools) ? tools : null;
}

function nameOf(item: unknown): string | null {
  const own = memberOf(item, 'name') ?? memberOf(memberOf(item, 'function'), 'name');
  return typeof own === 'string' ? own : null;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}
