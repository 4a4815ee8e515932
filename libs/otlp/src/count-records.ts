import { RejectedInput } from '#model';
import { WireReader } from './wire-reader.ts';

/** Length-delimited fields (tag bytes) to descend by, outermost first; the last ones are counted. */
type Path = readonly (readonly number[])[];

const LIST = [0x0a];
const ITEM = [0x12];
const PATHS = {
  // resource_logs, scope_logs, log_records
  logs: [LIST, ITEM, ITEM],
  // resource_metrics, scope_metrics, metrics, then gauge | sum | histogram | exponential_histogram | summary, data_points
  metrics: [LIST, ITEM, ITEM, [0x2a, 0x3a, 0x4a, 0x52, 0x5a], LIST],
} as const satisfies Record<string, Path>;

/**
 * Counts the log records, or the metric data points, of an OTLP export request in protobuf, and sees that the
 * request is well-formed down to them.
 * @throws RejectedInput `invalid` when it is malformed
 */
export function countRecords(signal: keyof typeof PATHS, body: Buffer): number {
  const reader = new WireReader();
  reader.bytes = body;
  const count = countIn(reader, body.length, PATHS[signal], 0);
  if (count < 0)
    throw new RejectedInput('invalid', `malformed protobuf at byte ${reader.at}`, `${signal} request`);
  return count;
}

/** @returns -1 when it is malformed */
function countIn(reader: WireReader, end: number, path: Path, level: number): number {
  const wanted = path[level]!;
  let count = 0;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag < 0) return -1;
    if (!wanted.includes(tag)) {
      if (!reader.skip(tag, end)) return -1;
      continue;
    }
    const size = reader.size(end);
    if (size < 0) return -1;
    const itemEnd = reader.at + size;
    const inner = level === path.length - 1 ? 1 : countIn(reader, itemEnd, path, level + 1);
    if (inner < 0) return -1;
    count += inner;
    reader.at = itemEnd;
  }
  return count;
}

const JSON_PATHS = {
  logs: [['resourceLogs'], ['scopeLogs'], ['logRecords']],
  metrics: [
    ['resourceMetrics'],
    ['scopeMetrics'],
    ['metrics'],
    ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'],
    ['dataPoints'],
  ],
} as const;

/**
 * The same for OTLP JSON, parsed.
 * @throws RejectedInput `invalid` when something on the way to the records is not what OTLP says
 */
export function countRecordsJson(signal: keyof typeof JSON_PATHS, request: unknown): number {
  return countJson(request, JSON_PATHS[signal], 0, '');
}

function countJson(
  value: unknown,
  path: readonly (readonly string[])[],
  level: number,
  where: string,
): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RejectedInput('invalid', `${where === '' ? 'the body' : where} is not a JSON object`, where);
  let count = 0;
  for (const [name, member] of Object.entries(value)) {
    if (!path[level]!.includes(name) || member === null) continue;
    // Only `gauge`, `sum` and their like are single messages; everything else on the way is a list.
    const items: unknown = path[level]!.length > 1 ? [member] : member;
    if (!Array.isArray(items)) throw new RejectedInput('invalid', `${name} is not a JSON array`, name);
    for (const item of items) count += level === path.length - 1 ? 1 : countJson(item, path, level + 1, name);
  }
  return count;
}
