import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { encodeLeaf } from '#evidence';
import type { Principal } from '#server';
import {
  advanceImport,
  asTenant,
  endImport,
  insertEvidence,
  readImport,
  startImport,
  type ImportError,
} from '#store';
import type { ApiContext } from '../api-context.ts';
import { readStructured, type CloudEvent } from '../outcomes/cloud-event.ts';
import type { EventResult, OutcomeIntake } from '../outcomes/outcome-intake.ts';
import { readCsvRecords, readNdjson, type ImportColumns, type ImportLine } from './read-import-lines.ts';

export type ImportFormat = 'csv' | 'ndjson';

/** Columns of a CSV import; empty cells are absent. */
export const IMPORT_COLUMNS: ImportColumns = {
  known: [
    'id',
    'source',
    'type',
    'subject',
    'time',
    'sequence',
    'value_amount',
    'value_currency',
    'value_unit',
    'conversation_id',
  ],
  required: ['id', 'source', 'type', 'subject'],
};

const CHUNK_LINES = 500;

/**
 * Reads a file of outcome events as it arrives and stores it in chunks, each with its progress in one transaction.
 * Bad lines are refused one by one with their number; repeating the file stores nothing twice.
 *
 * @throws RejectedInput when the file itself cannot be read further; what was read before it is stored, and the
 *   import stands as interrupted
 */
export async function importFile(
  api: ApiContext,
  intake: OutcomeIntake,
  caller: Principal,
  file: { readonly importId: string; readonly format: ImportFormat; readonly body: Readable },
): Promise<void> {
  const { importId, format, body } = file;
  const { tenantId } = caller;
  const inTenant = (work: Parameters<typeof asTenant<void>>[2]) => asTenant(api.db, tenantId, work);
  await inTenant((client) => startImport(client, tenantId, importId, format, api.nowUs()));
  const limits = { fileBytes: api.limits.importBytes, lineBytes: api.limits.eventBytes };
  const { bytes, digest } = digested(body);
  const lines = format === 'csv' ? readCsvRecords(bytes, limits, IMPORT_COLUMNS) : readNdjson(bytes, limits);
  try {
    for await (const chunk of inChunks(lines))
      await intake.accept(
        caller,
        chunk.map((line) => () => toEvent(line, format, api.limits.depth)),
        (client, results) => {
          const { counts, errors } = tally(chunk, results);
          return advanceImport(
            client,
            tenantId,
            importId,
            counts,
            errors,
            api.limits.importErrors,
            api.nowUs(),
          );
        },
      );
    await inTenant(async (client) => {
      const atUs = api.nowUs();
      await endImport(client, tenantId, importId, 'done', atUs);
      const counts = (await readImport(client, tenantId, importId))!;
      const leaf = encodeLeaf('import', atUs, {
        import: importId,
        format,
        sha256: digest(),
        lines: counts.linesRead,
        stored: counts.stored,
        duplicate: counts.duplicate,
        setAside: counts.setAside,
        rejected: counts.rejected,
        key: caller.keyId,
      });
      await insertEvidence(client, tenantId, [{ kind: 'import', subjectId: importId, body: leaf }], atUs);
    });
  } catch (error) {
    await inTenant((client) => endImport(client, tenantId, importId, 'interrupted', api.nowUs()));
    throw error;
  }
}

/** The same bytes, and the SHA-256 of those that were read by then, in base64. */
function digested(body: Readable): { bytes: Readable; digest: () => string } {
  const hash = createHash('sha256');
  const read = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      hash.update(chunk);
      yield chunk;
    }
  };
  return { bytes: Readable.from(read(), { objectMode: false }), digest: () => hash.digest('base64') };
}

/** Chunks in the order of the lines; the last one, even when reading ends in an error, is handed out first. */
async function* inChunks(lines: AsyncIterable<ImportLine>): AsyncGenerator<ImportLine[]> {
  let chunk: ImportLine[] = [];
  let failure: unknown = null;
  const iterator = lines[Symbol.asyncIterator]();
  for (;;) {
    try {
      const next = await iterator.next();
      if (next.done === true) break;
      chunk.push(next.value);
    } catch (error) {
      failure = error;
      break;
    }
    if (chunk.length < CHUNK_LINES) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
  if (failure !== null) throw failure;
}

function toEvent(line: ImportLine, format: ImportFormat, maxDepth: number): CloudEvent {
  if ('refusal' in line) throw line.refusal;
  return readStructured(format === 'csv' ? fromRecord(line.value) : line.value, maxDepth);
}

/** Columns of what was known at intake. */
const INTAKE = 'data.intake.';

/** A CSV record as a structured event. */
function fromRecord(record: unknown): Record<string, unknown> {
  const cells = Object.entries(record ?? {}).filter(([, text]) => text !== '');
  const {
    value_amount: amount,
    value_currency: currency,
    value_unit: unit,
    conversation_id: conversationId,
    ...rest
  } = Object.fromEntries(cells) as Record<string, string>;
  const extra = Object.entries(rest).filter(([name]) => name.startsWith('data.'));
  const intake = extra.filter(([name]) => name.startsWith(INTAKE));
  const data: Record<string, unknown> = {
    ...Object.fromEntries(
      extra.filter(([name]) => !name.startsWith(INTAKE)).map(([name, text]) => [name.slice(5), text]),
    ),
    ...(intake.length === 0
      ? {}
      : { intake: Object.fromEntries(intake.map(([name, text]) => [name.slice(INTAKE.length), text])) }),
    ...(amount === undefined && currency === undefined && unit === undefined
      ? {}
      : { value: { amount, currency, unit } }),
    ...(conversationId === undefined ? {} : { conversationId }),
  };
  const attributes = Object.entries(rest).filter(([name]) => !name.startsWith('data.'));
  return {
    specversion: '1.0',
    ...Object.fromEntries(attributes),
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}

function tally(chunk: readonly ImportLine[], results: readonly EventResult[]) {
  const errors = results.flatMap((result, index): ImportError[] =>
    result.status === 'refused'
      ? [{ line: chunk[index]!.line, field: result.refusal.field, reason: result.refusal.message }]
      : [],
  );
  const stored = results.filter(({ status }) => status === 'stored').length;
  return {
    errors,
    counts: {
      linesRead: chunk.length,
      stored,
      duplicate: results.length - stored - errors.length,
      setAside: results.filter(
        (result) => result.status === 'stored' && result.outcome.effect === 'set_aside',
      ).length,
      rejected: errors.length,
    },
  };
}
