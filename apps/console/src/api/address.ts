export type PathValues = Readonly<Record<string, string | number>>;
export type QueryValues = Readonly<Record<string, unknown>>;

/**
 * The address of a question to the API: `{names}` in the path filled in, the query in the order it is given.
 * Values that are undefined, null or empty text are left out: the API takes absence for its default.
 */
export function addressOf(path: string, values: PathValues = {}, query: QueryValues = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${path} needs ${name}`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[name, String(value)]].filter(([, text]) => text !== '')
        : [],
    ),
  ).toString();
  return search === '' ? filled : `${filled}?${search}`;
}
