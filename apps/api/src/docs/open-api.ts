import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import { z } from 'zod';
import { CloudEventBody } from '../outcomes/cloud-event.ts';
import { PreviewBody } from '../previews/preview-bodies.ts';
import { PriceBookBody } from '../settings/price-book-bodies.ts';

/** RFC 9457, as `libs/server` answers every error. */
const Problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional().meta({ description: 'Names the log line of an internal error' }),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    retryAfterSeconds: z.int().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

/** The OpenAPI 3.1 description of an app, made from the same zod schemas that check its traffic. */
export function describeApi(app: INestApplication, version: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Outcome Ledger')
    .setVersion(version)
    .setDescription(
      'Ties the token spend of AI agents to business outcomes. Money and token counts are exact decimal strings; ' +
        'times are RFC 3339 in UTC; errors are RFC 9457 problem details.',
    )
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key: olk_...' })
    .addSecurityRequirements('bearer')
    .build();
  const toOpenApi = converter();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    standardSchemaConverter: (schema, { schemaType }) =>
      schema instanceof z.ZodType ? toOpenApi(schema, schemaType) : undefined,
  });
  const schemas: Record<string, unknown> = ((document.components ??= {}).schemas ??= {});
  // Bodies that a route reads itself because their media type decides how, and the body of every error.
  Object.assign(schemas, toOpenApi(CloudEventBody, 'input').components);
  Object.assign(schemas, toOpenApi(PriceBookBody, 'input').components);
  Object.assign(schemas, toOpenApi(PreviewBody, 'input').components);
  Object.assign(schemas, toOpenApi(Problem, 'output').components);
  for (const path of Object.values(document.paths))
    for (const operation of [path.get, path.post, path.delete])
      if (operation !== undefined)
        operation.responses['default'] = {
          description: 'A problem',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        };
  return document;
}

type Components = Record<string, unknown>;

/**
 * JSON Schema 2020-12, as OpenAPI 3.1 has it; schemas with an id become components.
 *
 * @returns a function that throws where two schemas of different content have the same id
 */
function converter(): (
  schema: z.ZodType,
  io: 'input' | 'output',
) => { schema: unknown; components: Components } {
  const known = new Map<string, string>();
  return (schema, io) => {
    const {
      $schema: _dialect,
      $defs: definitions = {},
      ...root
    } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
    const components: Components = {};
    for (const [name, definition] of Object.entries(definitions)) {
      const component = atComponents(definition);
      const text = JSON.stringify(component);
      if ((known.get(name) ?? text) !== text) throw new Error(`two schemas have the id ${name}`);
      known.set(name, text);
      components[name] = component;
    }
    return { schema: atComponents(root), components };
  };
}

/** Moves references from the schema's own definitions to the document's components; ids are their names already. */
function atComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(atComponents);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([key, member]) => !(key === 'id' && typeof member === 'string'),
  );
  return Object.fromEntries(
    members.map(([key, member]) => [
      key,
      key === '$ref' && typeof member === 'string'
        ? member.replace('#/$defs/', '#/components/schemas/')
        : atComponents(member),
    ]),
  );
}
