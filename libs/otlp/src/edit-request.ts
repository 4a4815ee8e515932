import { RejectedInput } from '#model';
import type { ItemEdit, LogRecord } from '#model';
import { decodeLogRecord } from './decode-log-record.ts';
import { editLogRecord, editMessage, editSpan } from './edit-item.ts';

const RESOURCES = 0x0a;
const SCOPES = 0x12;
const ITEMS = 0x12;

/**
 * An OTLP export request with its spans edited one by one; what is stored and hashed for it is what this returns. A
 * request that is malformed is left to the reader that refuses it.
 *
 * @returns the body given where nothing was changed
 */
export function editTraces(body: Buffer, edit: ItemEdit): Buffer {
  return editItems(body, (item) => editSpan(item, edit));
}

/** The same for log records. @param eventOf a record's name: what its values are judged by */
export function editLogs(body: Buffer, edit: ItemEdit, eventOf: (record: LogRecord) => string): Buffer {
  return editItems(body, (item) =>
    editLogRecord(item, eventOf(decodeLogRecord(item, NOWHERE, EMPTY, SCOPE)), edit),
  );
}

const NOWHERE = { traceId: '', recordId: '', parentSpanId: null };
const EMPTY = { attributes: new Map() };
const SCOPE = { name: '', version: '', attributes: new Map() };

function editItems(body: Buffer, editItem: (item: Uint8Array) => Uint8Array): Buffer {
  const edited = editMessage(body, (tag, resources) =>
    tag !== RESOURCES
      ? resources
      : editMessage(resources, (inner, scopes) =>
          inner !== SCOPES
            ? scopes
            : editMessage(scopes, (field, item) => (field === ITEMS ? editSound(item, editItem) : item)),
        ),
  );
  return edited === body ? body : Buffer.from(edited.buffer, edited.byteOffset, edited.byteLength);
}

/** One bad span never fails a batch: the reader finds what is wrong with it, and refuses it alone. */
function editSound(item: Uint8Array, editItem: (item: Uint8Array) => Uint8Array): Uint8Array {
  try {
    return editItem(item);
  } catch (error) {
    if (error instanceof RejectedInput) return item;
    throw error;
  }
}
