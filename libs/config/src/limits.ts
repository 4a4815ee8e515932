const KIB = 1024;
const MIB = 1024 * KIB;

interface Limit {
  readonly variable: string;
  readonly standard: number;
  readonly minimum: number;
  readonly maximum: number;
}

function limit(variable: string, standard: number, minimum: number, maximum: number): Limit {
  return { variable, standard, minimum, maximum };
}

/** Every limit of the service: the variable that sets it, its default, and what it may be set to. */
export const LIMITS = {
  /** One request body after decompression, and one gRPC message. */
  bodyBytes: limit('OL_MAX_BODY_BYTES', 32 * MIB, 64 * KIB, 512 * MIB),
  /** Spans of one export request; those behind it are rejected one by one. */
  spansPerRequest: limit('OL_MAX_SPANS_PER_REQUEST', 50_000, 1, 1_000_000),
  /** One span's own bytes. */
  spanBytes: limit('OL_MAX_SPAN_BYTES', 4 * MIB, KIB, 64 * MIB),
  /** Attributes of one span, one event, one resource or one scope. */
  attributes: limit('OL_MAX_ATTRIBUTES', 1_024, 8, 65_536),
  /** Levels of nested values (OTLP arrays and maps, JSON bodies). */
  depth: limit('OL_MAX_DEPTH', 32, 4, 128),
  /** A span name, a service name, a key, a label. */
  nameBytes: limit('OL_MAX_NAME_BYTES', 1_024, 64, 65_536),
  /** One group of spans that is committed together. */
  commitBufferBytes: limit('OL_COMMIT_BUFFER_BYTES', 8 * MIB, 256 * KIB, 256 * MIB),
  /** Received and not yet durable, of one tenant (all together a quarter more); beyond it senders are asked to come back. */
  waitingBytes: limit('OL_MAX_WAITING_BYTES', 128 * MIB, MIB, 4_096 * MIB),
  /** Export requests of one tenant that wait for their commit, likewise. */
  waitingRequests: limit('OL_MAX_WAITING_REQUESTS', 512, 1, 65_536),
  /** Outcome events of one batched request. */
  eventsPerRequest: limit('OL_MAX_EVENTS_PER_REQUEST', 10_000, 1, 100_000),
  /** One outcome event. */
  eventBytes: limit('OL_MAX_EVENT_BYTES', 256 * KIB, KIB, 16 * MIB),
  /** One uploaded import file. */
  importBytes: limit('OL_MAX_IMPORT_BYTES', 256 * MIB, MIB, 16_384 * MIB),
  /** Bad lines of one import that are listed; the rest are counted. */
  importErrors: limit('OL_MAX_IMPORT_ERRORS', 1_000, 1, 100_000),
  /** Rows of one page where the request names no size. */
  pageSize: limit('OL_PAGE_SIZE', 100, 1, 10_000),
  /** Rows of one page at most. */
  pageSizeMaximum: limit('OL_MAX_PAGE_SIZE', 1_000, 1, 10_000),
  /** Groups of one report page, and dimensions it may be grouped by. */
  groupByDimensions: limit('OL_MAX_GROUP_BY', 6, 1, 16),
  /** Spans of one trace that are understood together; a longer trace is set aside. */
  traceSpans: limit('OL_MAX_TRACE_SPANS', 100_000, 1_000, 1_000_000),
  /** Due traces that one turn of the worker takes. */
  tracesPerTurn: limit('OL_MAX_TRACES_PER_TURN', 256, 1, 4_096),
  /** How long a claimed trace stays claimed when its worker dies. */
  claimMs: limit('OL_CLAIM_MS', 60_000, 1_000, 3_600_000),
  /** Traces of one evidence bundle. */
  exportTraces: limit('OL_MAX_EXPORT_TRACES', 20_000, 1, 1_000_000),
  /** One evidence bundle as an archive: it takes disk space twice while it is made, and no memory. */
  exportBytes: limit('OL_MAX_EXPORT_BYTES', 16_384 * MIB, MIB, 1_048_576 * MIB),
  /** How long the archive of a bundle is kept for download. */
  exportKeepMs: limit('OL_EXPORT_KEEP_MS', 86_400_000, 60_000, 2_592_000_000),
  /** A recipient of checkpoints gets at most one of a log in so long. */
  deliverEveryMs: limit('OL_DELIVER_CHECKPOINTS_MS', 60_000, 1_000, 86_400_000),
  /** Connections of one process to the database. */
  databaseConnections: limit('OL_DATABASE_CONNECTIONS', 8, 3, 200),
  /** How long stopping may take before what still runs is cut off. */
  shutdownMs: limit('OL_SHUTDOWN_MS', 30_000, 1_000, 600_000),
} as const satisfies Record<string, Limit>;

export type Limits = { readonly [name in keyof typeof LIMITS]: number };
