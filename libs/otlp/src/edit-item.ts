import { RejectedInput } from '#model';
import type { AttributeValue, ItemEdit } from '#model';
import { decodeAnyValue, decodeAttribute } from './decode-attributes.ts';
import { MessageReader } from './message-reader.ts';
import { ProtoWriter } from './proto-writer.ts';
import { WireReader } from './wire-reader.ts';
import { writeAnyValue } from './write-any-value.ts';

const SPAN = { name: 0x2a, attributes: 0x4a, events: 0x5a, links: 0x6a, status: 0x7a } as const;
const EVENT = { name: 0x12, attributes: 0x1a } as const;
const LINK_ATTRIBUTES = 0x22;
const STATUS_MESSAGE = 0x12;
const LOG = { body: 0x2a, attributes: 0x32 } as const;

/**
 * The same span with some of its values changed. Fields that the edit leaves alone keep their very bytes and places,
 * unknown fields too.
 *
 * @returns the bytes given where nothing was changed
 * @throws RejectedInput `invalid` when the bytes are malformed
 */
export function editSpan(bytes: Uint8Array, edit: ItemEdit): Uint8Array {
  return editMessage(bytes, (tag, content) => {
    switch (tag) {
      case SPAN.name:
        return editString(content, edit.name);
      case SPAN.attributes:
        return editAttribute(content, null, edit);
      case SPAN.events:
        return editEvent(content, edit);
      case SPAN.links:
        return editMessage(content, (inner, value) =>
          inner === LINK_ATTRIBUTES ? editAttribute(value, null, edit) : value,
        );
      case SPAN.status:
        return editMessage(content, (inner, value) =>
          inner === STATUS_MESSAGE ? editString(value, edit.status) : value,
        );
      default:
        return content;
    }
  });
}

/** The same for a log record. @param event its name, as `spanOfLog` gives it */
export function editLogRecord(bytes: Uint8Array, event: string, edit: ItemEdit): Uint8Array {
  return editMessage(bytes, (tag, content) => {
    if (tag === LOG.attributes) return editAttribute(content, event, edit);
    return tag === LOG.body ? editBody(content, event, edit) : content;
  });
}

/** The same for a stored resource (`ReadResult.resources`): its attributes are those of nobody's event. */
export function editResource(bytes: Uint8Array, edit: ItemEdit): Uint8Array {
  return editMessage(bytes, (tag, content) =>
    tag !== 0x0a
      ? content
      : editMessage(content, (inner, value) => (inner === 0x0a ? editAttribute(value, null, edit) : value)),
  );
}

/**
 * Walks a message's fields and lets each length-delimited one be replaced.
 * @param replace gets the field's tag and content; returning the same content leaves the field as it is
 */
export function editMessage(
  bytes: Uint8Array,
  replace: (tag: number, content: Uint8Array) => Uint8Array,
): Uint8Array {
  const reader = new WireReader();
  reader.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let writer: ProtoWriter | null = null;
  let copied = 0;
  while (reader.at < bytes.length) {
    const start = reader.at;
    const tag = reader.tag(bytes.length);
    if (tag < 0 || (tag & 7) !== 2) {
      if (tag < 0 || !reader.skip(tag, bytes.length)) throw malformed(start);
      continue;
    }
    const size = reader.size(bytes.length);
    if (size < 0) throw malformed(start);
    const content = bytes.subarray(reader.at, reader.at + size);
    reader.at += size;
    const replaced = replace(tag, content);
    if (replaced === content) continue;
    writer ??= new ProtoWriter(bytes.length);
    writer.raw(bytes.subarray(copied, start));
    writer.bytes(tag >>> 3, replaced);
    copied = reader.at;
  }
  if (writer === null) return bytes;
  writer.raw(bytes.subarray(copied));
  return new Uint8Array(writer.finish());
}

function editEvent(bytes: Uint8Array, edit: ItemEdit): Uint8Array {
  let name = '';
  editMessage(bytes, (tag, content) => {
    if (tag === EVENT.name) name = Buffer.from(content).toString('utf8');
    return content;
  });
  return editMessage(bytes, (tag, content) =>
    tag === EVENT.attributes ? editAttribute(content, name, edit) : content,
  );
}

function editAttribute(bytes: Uint8Array, event: string | null, edit: ItemEdit): Uint8Array {
  let key = '';
  editMessage(bytes, (tag, content) => {
    if (tag === 0x0a) key = Buffer.from(content).toString('utf8');
    return content;
  });
  if (!edit.concerns(event, key)) return bytes;
  const value = decodeKeyValueOf(bytes);
  const edited = edit.attribute(event, key, value);
  if (edited === value) return bytes;
  const writer = new ProtoWriter(64);
  writer.string(1, key);
  writeAnyValue(writer, 2, edited);
  return new Uint8Array(writer.finish());
}

/** As `decodeSpan` reads it, framed as the field it stood in. */
function decodeKeyValueOf(bytes: Uint8Array): AttributeValue {
  const attributes = new Map<string, AttributeValue>();
  const framed = new ProtoWriter(bytes.length + 8);
  framed.bytes(1, bytes);
  const reader = new MessageReader(framed.finish());
  reader.next();
  decodeAttribute(reader, attributes);
  for (const value of attributes.values()) return value;
  return null;
}

function editString(bytes: Uint8Array, edit: ((text: string) => string) | undefined): Uint8Array {
  if (bytes.length === 0 || edit === undefined) return bytes;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const edited = edit(text);
  return edited === text ? bytes : new Uint8Array(Buffer.from(edited, 'utf8'));
}

function editBody(bytes: Uint8Array, event: string, edit: ItemEdit): Uint8Array {
  const framed = new ProtoWriter(bytes.length + 8);
  framed.bytes(1, bytes);
  const reader = new MessageReader(framed.finish());
  reader.next();
  const value = decodeAnyValue(reader, null);
  const edited = edit.body(event, value);
  if (edited === value) return bytes;
  const writer = new ProtoWriter(64);
  writeAnyValue(writer, 1, edited);
  let content: Uint8Array = bytes;
  editMessage(writer.finish(), (_tag, inner) => (content = new Uint8Array(inner)));
  return content;
}

const malformed = (at: number): RejectedInput =>
  new RejectedInput('invalid', `malformed protobuf at byte ${at}`);
