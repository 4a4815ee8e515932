import type { LogRecord } from '#model';
import { makeSpan, toAttributes } from './make-span.ts';

/** A log record as a test writes it down; `parent` is the span it was made in, `at` the second it was made. */
export interface LogNote {
  readonly event: string;
  readonly id?: string;
  readonly parent?: string;
  readonly trace?: string;
  readonly at?: number;
  readonly scope?: string;
  readonly service?: string;
  readonly body?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** @returns the record; ids are short hex texts, padded to their length. The event's name is an attribute. */
export function makeLog(note: LogNote): LogRecord {
  const { traceId, spanId, parentSpanId, startedAtNs, resource, scope } = makeSpan({
    at: [note.at ?? 10, note.at ?? 10],
    id: note.id ?? 'f',
    ...(note.parent === undefined ? {} : { parent: note.parent }),
    ...(note.trace === undefined ? {} : { trace: note.trace }),
    ...(note.scope === undefined ? {} : { scope: note.scope }),
    ...(note.service === undefined ? {} : { service: note.service }),
  });
  return {
    traceId,
    recordId: spanId,
    spanId: parentSpanId,
    timeNs: startedAtNs,
    eventName: '',
    body: note.body ?? null,
    attributes: toAttributes({
      ...note.attributes,
      ...(note.event === '' ? {} : { 'event.name': note.event }),
    }),
    resource,
    scope,
  };
}
