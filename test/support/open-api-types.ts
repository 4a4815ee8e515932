import { format, resolveConfig } from 'prettier';

type Schema = Readonly<Record<string, any>>;

const HEAD = `// Generated from the API's own description by test/pipeline/api-description.spec.ts: UPDATE_GOLDEN=1 writes it anew.

`;

/**
 * The TypeScript types of an OpenAPI 3.1 document whose schemas zod wrote: every component, and of every operation
 * what its path, query and body take and what its success answers in JSON (`null` where it answers nothing).
 *
 * @throws Error for a keyword of JSON Schema that this does not know
 */
export async function openApiTypes(description: Schema): Promise<string> {
  const schemas = Object.entries<Schema>(description['components'].schemas).sort(byName);
  const methods = [
    ['Gets', 'get'],
    ['Posts', 'post'],
    ['Deletes', 'delete'],
  ] as const;
  const interfaces = [
    `export interface Schemas {\n${schemas.map(([name, schema]) => `${name}: ${typeOf(schema)};\n`).join('')}}`,
    ...methods.map(([name, method]) => {
      const operations = Object.entries<Schema>(description['paths'])
        .filter(([, path]) => path[method] !== undefined)
        .sort(byName)
        .map(([path, item]) => `'${path}': ${operationType(item[method])};\n`);
      return `export interface ${name} {\n${operations.join('')}}`;
    }),
  ];
  const style = await resolveConfig(import.meta.filename);
  return format(HEAD + interfaces.join('\n\n'), { ...style, parser: 'typescript' });
}

const byName = ([a]: [string, Schema], [b]: [string, Schema]): number => (a < b ? -1 : a > b ? 1 : 0);

function operationType(operation: Schema): string {
  const parameters: Schema[] = operation['parameters'] ?? [];
  const takes = (place: string): string =>
    membersType(
      parameters
        .filter((parameter) => parameter['in'] === place)
        .map(({ name, required, schema }) => ({ name, isRequired: required === true, schema })),
    );
  const success = Object.entries<Schema>(operation['responses']).find(([status]) => status.startsWith('20'));
  const body = operation['requestBody']?.content?.['application/json']?.schema;
  const answer = success?.[1]['content']?.['application/json']?.schema;
  const parts = [
    `path: ${takes('path')}`,
    `query: ${takes('query')}`,
    ...(body === undefined ? [] : [`body: ${typeOf(body)}`]),
    `answer: ${answer === undefined ? 'null' : typeOf(answer)}`,
  ];
  return `{ ${parts.join('; ')} }`;
}

function typeOf(schema: Schema): string {
  if (schema['$ref'] !== undefined) return `Schemas['${schema['$ref'].split('/').at(-1)}']`;
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  if (schema['enum'] !== undefined)
    return schema['enum'].map((each: unknown) => JSON.stringify(each)).join(' | ');
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (choices !== undefined) return choices.map(inParentheses).join(' | ');
  if (schema['allOf'] !== undefined) return schema['allOf'].map(inParentheses).join(' & ');
  if (Array.isArray(schema['type']))
    return schema['type'].map((type: string) => inParentheses({ ...schema, type })).join(' | ');
  const type = schema['type'];
  if (type === 'object') return objectType(schema);
  if (type === 'array') return arrayType(schema);
  const simple = SIMPLE[type ?? 'unknown'];
  if (simple === undefined) throw new Error(`no type for ${JSON.stringify(schema)}`);
  return simple;
}

const SIMPLE: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'boolean',
  null: 'null',
  integer: 'number',
  number: 'number',
  unknown: 'unknown',
};

const arrayType = (schema: Schema): string =>
  schema['prefixItems'] === undefined
    ? `readonly ${inParentheses(schema['items'] ?? {})}[]`
    : `readonly [${schema['prefixItems'].map(typeOf).join(', ')}]`;

const inParentheses = (schema: Schema): string => `(${typeOf(schema)})`;

function objectType(schema: Schema): string {
  const properties = Object.entries<Schema>(schema['properties'] ?? {});
  const required: string[] = schema['required'] ?? [];
  const rest = schema['additionalProperties'];
  const hasRest = properties.length === 0 && typeof rest === 'object';
  if (hasRest) return `Readonly<Record<string, ${typeOf(rest)}>>`;
  return membersType(
    properties.map(([name, member]) => ({ name, isRequired: required.includes(name), schema: member })),
  );
}

function membersType(members: readonly { name: string; isRequired: boolean; schema: Schema }[]): string {
  if (members.length === 0) return '{}';
  const lines = members.map(({ name, isRequired, schema }) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`;
    return `readonly ${key}${isRequired ? '' : '?'}: ${typeOf(schema)};`;
  });
  return `{ ${lines.join(' ')} }`;
}
