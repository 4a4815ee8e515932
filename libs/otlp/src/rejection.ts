import type { SpanId, TraceId } from '#model';

/** Why one span, log record or data point of an export request was refused. The others of the request are stored. */
export type RejectionReason =
  | 'malformed' // its bytes are no protobuf message of the shape of a span
  | 'bad_trace_id' // not 16 bytes, or all zero
  | 'bad_span_id' // not 8 bytes, or all zero
  | 'bad_parent_span_id' // neither empty nor 8 bytes: taking it as a root would be a guess
  | 'start_outside_window' // missing, too long ago, or in the future
  | 'name_not_text' // invalid UTF-8 or a NUL, which a PostgreSQL text cannot hold
  | 'name_too_long'
  | 'span_too_large'
  | 'too_many_attributes' // on the span, or on one of its events or links
  | 'nesting_too_deep' // an attribute value holds lists in lists beyond the limit
  | 'bad_resource' // the resource it hangs under breaks one of these rules
  | 'bad_scope'
  | 'no_time' // a log record or data point without any time: received again it would be another one
  | 'time_outside_window' // of a log record or data point: too long ago, or in the future
  | 'record_too_large' // a log record
  | 'not_a_count' // a data point of a known counter whose value is no amount of tokens or money
  | 'no_temporality'; // a counter that does not say whether it counts from its start or from its last export

/** One refused span or log record. Its ids are null where they could not be read. */
export interface Rejection {
  readonly position: number;
  readonly reason: RejectionReason;
  readonly traceId: TraceId | null;
  readonly spanId: SpanId | null;
}

/** A request with a hundred thousand bad spans is listed by its first ones and counted in full. */
const MAX_LISTED_REJECTIONS = 100;

/** The refused spans of one request: all counted, the first `MAX_LISTED_REJECTIONS` listed. */
export class Rejections {
  readonly listed: Rejection[] = [];
  readonly byReason = new Map<RejectionReason, number>();
  count = 0;

  add(rejection: Rejection): void {
    this.count += 1;
    this.byReason.set(rejection.reason, (this.byReason.get(rejection.reason) ?? 0) + 1);
    if (this.listed.length < MAX_LISTED_REJECTIONS) this.listed.push(rejection);
  }
}

/**
 * The `error_message` of a partial success: counts by reason, most frequent first, and where the first one
 * stands. Empty when nothing was refused.
 */
export function describeRejections(
  rejections: {
    readonly listed: readonly Rejection[];
    readonly byReason: ReadonlyMap<RejectionReason, number>;
    readonly count: number;
  },
  what = 'span',
): string {
  const [first] = rejections.listed;
  if (first === undefined) return '';
  const counts = [...rejections.byReason]
    .sort(([reasonA, countA], [reasonB, countB]) => countB - countA || (reasonA < reasonB ? -1 : 1))
    .map(([reason, count]) => `${count} ${reason}`);
  const name = [first.traceId, first.spanId].filter((id) => id !== null).join('/');
  const which = name === '' ? '' : ` (${name})`;
  return `${rejections.count} rejected: ${counts.join(', ')}; the first is ${what} ${first.position}${which}`;
}
