import { z } from 'zod';

/** What a column holds; in Parquet each kind has a type of its own. `decimal`: exact text, at most 12 places. */
export type ColumnKind = 'text' | 'integer' | 'decimal' | 'boolean' | 'time' | 'day' | 'json';

/** A column of a table and how to find its value in a row; undefined and null are unknown. */
export interface Column<Row> {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly valueOf: (row: Row) => unknown;
}

export interface ColumnOptions {
  /** Keys of the record `group`, in order: each is a column of text. */
  readonly groups: readonly string[];
  /** Names that differ from the path of the value: `{ 'coverage.priced': 'pricedCoverage' }`. */
  readonly names?: Readonly<Record<string, string>>;
  /** Paths that are left out, because they are in no row of this answer. */
  readonly without?: readonly string[];
}

/**
 * The columns of the rows a schema describes: every field, objects in objects flattened (`pending.items` becomes
 * `pendingItems`), lists and free records as JSON text. So a new field of a report is in every format of it at once.
 *
 * @throws Error when two columns would have one name
 */
export function columnsOf<Row extends object>(
  schema: z.ZodType<Row>,
  { groups, names = {}, without = [] }: ColumnOptions,
): Column<Row>[] {
  const columns: Column<Row>[] = [];
  const visit = (field: z.ZodType, path: readonly string[]): void => {
    const dotted = path.join('.');
    if (without.includes(dotted)) return;
    const type = unwrapped(field);
    if (type instanceof z.ZodObject) {
      for (const [key, inner] of Object.entries<z.ZodType>(type.shape)) visit(inner, [...path, key]);
      return;
    }
    const valueOf = (row: Row): unknown => at(row, path);
    columns.push({ name: names[dotted] ?? joined(path), kind: kindOf(type), valueOf });
  };
  const root = unwrapped(schema);
  if (!(root instanceof z.ZodObject)) throw new TypeError('a row is an object');
  const { group, ...fields } = root.shape;
  for (const [key, field] of Object.entries<z.ZodType>(fields)) visit(field, [key]);
  const taken = new Set(columns.map(({ name }) => name));
  const ofGroup =
    group === undefined
      ? []
      : groups.map((key): Column<Row> => ({
          name: taken.has(key) ? `group.${key}` : key,
          kind: 'text',
          valueOf: (row) => at(row, ['group', key]),
        }));
  const all = [...ofGroup, ...columns];
  const twice = all.find(({ name }, index) => all.findIndex((each) => each.name === name) !== index);
  if (twice !== undefined) throw new Error(`two columns are named ${twice.name}`);
  return all;
}

function unwrapped(type: z.core.$ZodType): z.core.$ZodType {
  if (type instanceof z.ZodOptional || type instanceof z.ZodNullable || type instanceof z.ZodDefault)
    return unwrapped(type.unwrap());
  return type;
}

function kindOf(type: z.core.$ZodType): ColumnKind {
  if (type instanceof z.ZodNumber) return type.isInt ? 'integer' : 'text';
  if (type instanceof z.ZodBoolean) return 'boolean';
  if (type instanceof z.ZodLiteral)
    return type.values.has(true) || type.values.has(false) ? 'boolean' : 'text';
  if (type instanceof z.ZodISODateTime) return 'time';
  if (type instanceof z.ZodString) return type.meta()?.format === 'decimal' ? 'decimal' : 'text';
  return type instanceof z.ZodEnum || type instanceof z.ZodStringFormat ? 'text' : 'json';
}

function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.hasOwn(found, key) ? Reflect.get(found, key) : undefined;
  }
  return found;
}

const joined = ([first = '', ...rest]: readonly string[]): string =>
  first + rest.map((part) => part[0]!.toUpperCase() + part.slice(1)).join('');
