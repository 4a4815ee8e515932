import type { AttributeValue } from '#model';

/** Names from the outside in; `isList` where the value is a list of which every member is meant. */
export type ArgumentPath = readonly { readonly name: string; readonly isList: boolean }[];

const MAX_DEPTH = 8;
/** Members under which frameworks put the arguments proper. */
const WRAPPERS = ['kwargs', 'inputs', 'input', 'arguments', 'parameters', 'args'];
const MAX_JSON_LENGTH = 256 * 1024;

/** @throws SyntaxError unless the text is names joined by dots, each with `[]` where it is a list */
export function parseArgumentPath(text: string): ArgumentPath {
  const parts = text.split('.').map((part) => {
    const [, name, list] = /^([^.[\]\s]{1,128})(\[\])?$/.exec(part) ?? [];
    if (name === undefined) throw new SyntaxError(`"${part}" is no name of an argument`);
    return { name, isList: list !== undefined };
  });
  if (parts.length > MAX_DEPTH) throw new SyntaxError(`is over ${MAX_DEPTH} names deep`);
  return parts;
}

/**
 * The values at a path of a tool's arguments, given as an attribute or as JSON text. Where the arguments do not have
 * the path themselves, it is looked for inside what frameworks wrap them in (`kwargs`, `inputs`, ...).
 *
 * @returns the scalar values found, as received; empty when there are none or the text is no JSON
 */
export function argumentValues(value: AttributeValue, path: ArgumentPath): AttributeValue[] {
  const root = typeof value === 'string' ? parseJson(value) : value;
  const direct = follow(root, path);
  if (direct.length > 0 || !isObject(root)) return direct;
  for (const wrapper of WRAPPERS) {
    const inner = root[wrapper];
    const found =
      inner === undefined ? [] : follow(typeof inner === 'string' ? parseJson(inner) : inner, path);
    if (found.length > 0) return found;
  }
  return [];
}

function follow(value: AttributeValue, path: ArgumentPath): AttributeValue[] {
  let here: AttributeValue[] = [value];
  for (const { name, isList } of path) {
    here = here.flatMap((each) => {
      if (!isObject(each) || !Object.hasOwn(each, name)) return [];
      const member = each[name]!;
      if (!isList) return [member];
      return Array.isArray(member) ? [...member] : [];
    });
  }
  return here.filter(
    (each) => typeof each === 'string' || typeof each === 'bigint' || typeof each === 'number',
  );
}

function isObject(value: AttributeValue): value is { readonly [key: string]: AttributeValue } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function parseJson(text: string): AttributeValue {
  if (text.length > MAX_JSON_LENGTH || !/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
