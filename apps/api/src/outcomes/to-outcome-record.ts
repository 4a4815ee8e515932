import { createHash } from 'node:crypto';
import type { ReadVerb } from '#attribution';
import { canonicalJson, commitment, encodeLeaf, formatTimeUs, type CanonicalValue } from '#evidence';
import {
  OWN_SOURCE,
  RejectedInput,
  RESERVED_REF_KINDS,
  toRef,
  type EventReference,
  type OutcomeEffect,
} from '#model';
import type { Principal } from '#server';
import type { OutcomeRecord } from '#store';
import { readBusinessTime } from './business-time.ts';
import type { JsonValue } from '../wire.ts';
import type { CloudEvent } from './cloud-event.ts';
import { namedRuns } from './named-runs.ts';
import { readOutcomeData } from './read-outcome-data.ts';

/** What an event is read under: who sends it, when, and what the tenant's kinds and verbs mean. */
export interface IntakeContext {
  readonly caller: Principal;
  readonly receivedAtUs: bigint;
  /** What a verb means by the definition in force for its kind at a business time, as far as it is known now. */
  readonly readVerb: (kind: string, verb: string, atUs: bigint, source: string) => ReadVerb;
  readonly maxEventBytes: number;
  readonly newUuid: () => string;
  readonly newSalt: () => Buffer;
}

const TYPE = /^([a-z][a-z0-9_]{0,62})\.([a-z][a-z0-9_]{0,62})$/;
const CONVERSATION_MEMBERS = ['conversationId', 'gen_ai.conversation.id', 'sessionId'];

/**
 * Checks a CloudEvent against the rules of outcomes and makes the record that is stored.
 *
 * @throws RejectedInput `invalid` naming the attribute and rule; `forbidden` when the key may not speak for the
 *   event's source or kind of work item
 */
export function toOutcomeRecord(event: CloudEvent, context: IntakeContext): OutcomeRecord {
  const { kind, verb } = readType(event.type);
  mustSpeakFor(context.caller, event.source, kind);
  const key = event.subject.trim();
  if (key === '') throw new RejectedInput('invalid', 'must name a work item', 'subject');
  const occurredAtUs =
    event.time === null ? context.receivedAtUs : readBusinessTime(event.time, 'time', context.receivedAtUs);
  const { effect, setAsideReason, definition } = context.readVerb(kind, verb, occurredAtUs, event.source);
  const { value, tier, quality, refersTo } = readOutcomeData(event, {
    tenantId: context.caller.tenantId,
    kind,
    receivedAtUs: context.receivedAtUs,
  });
  mustName(effect, refersTo);
  mayName(context.caller, kind, refersTo);
  const content = contentOf(event);
  if (content.length > context.maxEventBytes)
    throw new RejectedInput('too_large', `an event has at most ${context.maxEventBytes} bytes`);
  const surrogateId = context.newUuid();
  const salt = context.newSalt();
  return {
    ref: toRef(kind, context.caller.tenantId, key),
    source: event.source,
    eventId: event.id,
    kind,
    key,
    verb,
    effect: effect ?? 'set_aside',
    occurredAtUs,
    sequence: event.sequence,
    value,
    tier,
    quality,
    refersTo,
    attributes: attributesOf(event, setAsideReason),
    surrogateId,
    contentHash: createHash('sha256').update(content).digest(),
    salt,
    leaf: leafOf(
      { surrogateId, kind, verb, effect, definition, tier, occurredAtUs },
      commitment(salt, content),
      context,
    ),
    conversationRefs: [
      ...conversationsOf(event.data).map((id) => toRef('conversation', context.caller.tenantId, id)),
      ...namedRuns(event.data, context.caller.tenantId),
    ],
    setAsideReason,
  };
}

/** What is kept of the event beyond what has a column of its own: with it the leaf's commitment can be opened. */
const attributesOf = (event: CloudEvent, setAsideReason: string | null): string =>
  JSON.stringify({
    data: event.data,
    extensions: event.extensions,
    ...(event.time === null ? { timeAssumed: true } : { time: event.time }),
    ...(event.subject === event.subject.trim() ? {} : { subject: event.subject }),
    ...(setAsideReason === null ? {} : { setAside: setAsideReason }),
  });

function leafOf(
  event: Pick<OutcomeRecord, 'surrogateId' | 'kind' | 'verb' | 'tier' | 'occurredAtUs'> &
    Pick<ReadVerb, 'effect' | 'definition'>,
  content: Buffer,
  { caller, receivedAtUs }: IntakeContext,
): Buffer {
  const { surrogateId, kind, verb, effect, definition, tier, occurredAtUs } = event;
  return encodeLeaf('outcome.event', receivedAtUs, {
    event: surrogateId,
    workItemKind: kind,
    verb,
    effect: effect ?? 'set_aside',
    definition: definition === null ? undefined : `${kind}@${definition.version}`,
    tier: tier ?? undefined,
    occurredAt: formatTimeUs(occurredAtUs),
    content: content.toString('base64'),
    key: caller.keyId,
    bootstrap: caller.isBootstrap ? true : undefined,
  });
}

function readType(type: string): { kind: string; verb: string } {
  const [, kind, verb] = TYPE.exec(type) ?? [];
  if (kind === undefined || verb === undefined)
    throw new RejectedInput('invalid', 'must be <kind>.<verb> in lower case, as ticket.resolved', 'type');
  if (RESERVED_REF_KINDS.some((reserved) => reserved === kind))
    throw new RejectedInput('invalid', `${kind} is no kind of work item`, 'type');
  return { kind, verb };
}

/** An agent's key can never resolve its own ticket: keys are bound to the sources and kinds they may speak for. */
export function mustSpeakFor(caller: Principal, source: string, kind: string): void {
  if (source === OWN_SOURCE)
    throw new RejectedInput('invalid', 'is kept for what this service records itself', 'source');
  if (caller.sources !== null && !caller.sources.includes(source))
    throw new RejectedInput('forbidden', `this key does not speak for the source ${source}`, 'source');
  if (caller.kinds !== null && !caller.kinds.includes(kind))
    throw new RejectedInput('forbidden', `this key does not speak for the kind ${kind}`, 'type');
}

/** Nobody corrects or withdraws what a source said that the key may not speak for. */
function mayName(caller: Principal, kind: string, refersTo: EventReference | null): void {
  for (const named of [refersTo?.corrects, refersTo?.supersedes])
    if (named !== undefined && named !== null) mustSpeakFor(caller, named.source, kind);
}

const NAMED_BY: Readonly<Partial<Record<OutcomeEffect, keyof EventReference>>> = {
  merged_into: 'mergedInto',
  split_from: 'splitFrom',
  corrected: 'corrects',
  superseded: 'supersedes',
};

/** An event that is about another one, or about another item, has to say which. */
function mustName(effect: OutcomeEffect | null, refersTo: EventReference | null): void {
  const member = effect === null ? undefined : NAMED_BY[effect];
  if (member !== undefined && (refersTo?.[member] ?? null) === null)
    throw new RejectedInput('invalid', `is missing: what ${effect} is about`, `data.${member}`);
}

/** What two sendings of one event must share: everything but how it was sent and when it was received. */
function contentOf(event: CloudEvent): Buffer {
  const content: CanonicalValue = {
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.subject,
    time: event.time,
    sequence: event.sequence,
    data: event.data,
    extensions: event.extensions,
  };
  return Buffer.from(canonicalJson(content));
}

function isObject(data: JsonValue): data is { [key: string]: JsonValue } {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function conversationsOf(data: JsonValue): string[] {
  if (!isObject(data)) return [];
  const ids = CONVERSATION_MEMBERS.flatMap((name) => {
    const id = data[name];
    if (id === undefined || id === null) return [];
    const text = typeof id === 'number' ? String(id) : id;
    if (typeof text !== 'string' || text.trim() === '' || text.length > 512)
      throw new RejectedInput('invalid', 'must be a string of 1 to 512 characters', `data.${name}`);
    return [text.trim()];
  });
  return [...new Set(ids)];
}
