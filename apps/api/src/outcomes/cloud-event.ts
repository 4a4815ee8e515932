import { RejectedInput } from '#model';
import { fieldPath } from '#server';
import { z } from 'zod';
import { Json, type JsonValue } from '../wire.ts';
import { checkJson } from './check-json.ts';

/** A CloudEvent 1.0 with JSON data, whatever mode it came in. Absent attributes are null. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string | null;
  readonly sequence: string | null;
  readonly data: JsonValue;
  readonly extensions: Readonly<Record<string, string | number | boolean>>;
}

const text = (maximum: number) => z.string().min(1).max(maximum);

/** The structured form of the JSON event format; members that are not listed are extension attributes. */
export const CloudEventBody = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: text(512).meta({ description: 'Unique per source; sending the same again changes nothing' }),
    source: text(512).meta({ description: 'Who reports it, a URI reference: /helpdesk' }),
    type: text(127).meta({ description: '<kind>.<verb>: ticket.resolved', example: 'ticket.resolved' }),
    subject: text(512).meta({ description: 'Key of the work item: the ticket id, the claim id' }),
    time: z
      .string()
      .nullish()
      .meta({ description: 'When it happened in the business, RFC 3339; absent = when it was received' }),
    sequence: z
      .union([z.string().max(128), z.int()])
      .nullish()
      .meta({ description: 'Orders the events of this source, where clocks cannot be relied on' }),
    datacontenttype: z.string().nullish(),
    dataschema: z.string().nullish(),
    data: Json.optional().meta({
      description:
        'value {amount, currency | unit}; tier; quality; conversationId, sessionId or gen_ai.conversation.id; mergedInto; ' +
        'splitFrom {key, weight}; corrects {id, source, to}; supersedes {id, source}; anything else is kept',
    }),
  })
  .meta({ id: 'CloudEvent', description: 'CloudEvents 1.0, JSON event format' });

const KNOWN = new Set(Object.keys(CloudEventBody.shape));

/**
 * Reads a structured event (a parsed JSON value).
 * @throws RejectedInput naming the attribute and the rule
 */
export function readStructured(body: unknown, maxDepth: number): CloudEvent {
  const parsed = CloudEventBody.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new RejectedInput('invalid', issue.message, fieldPath(issue.path));
  }
  const event = parsed.data;
  if (!isJson(event.datacontenttype ?? 'application/json'))
    throw new RejectedInput('invalid', 'data must be JSON', 'datacontenttype');
  const data = event.data ?? null;
  checkJson(data, 'data', maxDepth);
  for (const name of ['id', 'source', 'subject'] as const) checkJson(event[name], name, 1);
  return {
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.subject,
    time: event.time ?? null,
    sequence: event.sequence === undefined || event.sequence === null ? null : String(event.sequence),
    data,
    extensions: readExtensions(event),
  };
}

/**
 * Reads an event in binary mode: attributes in `ce-` headers (percent-encoded where they are not plain), data in
 * the body.
 */
export function readBinary(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: unknown,
  maxDepth: number,
): CloudEvent {
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('ce-') || typeof value !== 'string') continue;
    attributes[name.slice(3)] = decodeHeader(value, name);
  }
  return readStructured(
    { ...attributes, ...(body === undefined || body === null ? {} : { data: body }) },
    maxDepth,
  );
}

function decodeHeader(value: string, name: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new RejectedInput('invalid', 'is not percent-encoded UTF-8', name);
  }
}

const isJson = (mediaType: string): boolean => /^application\/(?:[\w.+-]+\+)?json *(?:;|$)/i.test(mediaType);

function readExtensions(event: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  const extensions: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(event)) {
    if (KNOWN.has(name) || value === null) continue;
    if (name === 'data_base64') throw new RejectedInput('invalid', 'data must be JSON, not binary', name);
    if (!/^[a-z0-9]{1,40}$/.test(name))
      throw new RejectedInput(
        'invalid',
        'the name of an extension attribute is 1 to 40 of a-z and 0-9',
        name,
      );
    if (typeof value !== 'string' && typeof value !== 'boolean' && !Number.isSafeInteger(value))
      throw new RejectedInput('invalid', 'an extension attribute is a string, a boolean or an integer', name);
    if (typeof value === 'string') checkJson(value, name, 1);
    extensions[name] = z.union([z.string().max(4096), z.number(), z.boolean()]).parse(value);
  }
  if (Object.keys(extensions).length > 64)
    throw new RejectedInput('invalid', 'has over 64 extension attributes');
  return extensions;
}
