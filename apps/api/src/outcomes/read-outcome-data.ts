import {
  OUTCOME_TIERS,
  parsePico,
  RejectedInput,
  toRef,
  type EventCorrection,
  type EventName,
  type EventReference,
  type OutcomeTier,
  type OutcomeValue,
} from '#model';
import type { JsonValue } from '../wire.ts';
import { readBusinessTime } from './business-time.ts';
import { readIntake } from './read-intake.ts';
import type { CloudEvent } from './cloud-event.ts';

/** What an event says beyond its attributes: the members of its data that have a meaning. */
export interface OutcomeData {
  readonly value: OutcomeValue | null;
  readonly tier: OutcomeTier | null;
  readonly quality: string | null;
  readonly refersTo: EventReference | null;
}

export interface DataContext {
  readonly tenantId: bigint;
  /** Kind of the work item; what it is merged into or split from is of the same kind. */
  readonly kind: string;
  readonly receivedAtUs: bigint;
}

type JsonObject = { readonly [key: string]: JsonValue };
const MAX_VALUE_PICO = 10n ** 30n;
const MAX_WEIGHT = 1_000_000;

/** @throws RejectedInput naming the member and the rule it breaks */
export function readOutcomeData(event: CloudEvent, context: DataContext): OutcomeData {
  const data = isObject(event.data) ? event.data : {};
  const stated = data['tier'] ?? event.extensions['tier'] ?? null;
  const mergedInto = present(data['mergedInto'], (json) => readKey(json, 'data.mergedInto'));
  const splitFrom = present(data['splitFrom'], (json) => readSplit(json, context));
  const corrects = present(data['corrects'], (json) => readCorrection(json, event.source, context));
  const supersedes = present(data['supersedes'], (json) => readName(json, event.source, 'data.supersedes'));
  // It is kept with the event's other attributes; here it only has to be readable.
  present(data['intake'], readIntake);
  const namesNothing = mergedInto === null && splitFrom === null && corrects === null && supersedes === null;
  return {
    value: present(data['value'], (json) => readValue(json, 'data.value')),
    tier: present(stated, (json) => readTier(json, 'data.tier')),
    quality: present(data['quality'], (json) => readQuality(json, 'data.quality')),
    refersTo: namesNothing
      ? null
      : {
          mergedInto: mergedInto === null ? null : toRef(context.kind, context.tenantId, mergedInto),
          splitFrom,
          corrects,
          supersedes,
        },
  };
}

const refuse = (message: string, field: string): never => {
  throw new RejectedInput('invalid', message, field);
};
const isObject = (json: JsonValue | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
const present = <Value>(json: JsonValue | undefined, read: (json: JsonValue) => Value): Value | null =>
  json === undefined || json === null ? null : read(json);

function readValue(json: JsonValue, field: string): OutcomeValue {
  const { amount, currency = null, unit = null } = isObject(json) ? json : {};
  if (typeof amount !== 'string') return refuse('must be a decimal string, as "149.90"', `${field}.amount`);
  const amountPico = parsePico(amount);
  if (amountPico === null) return refuse('must be a decimal with at most 12 places', `${field}.amount`);
  if (amountPico > MAX_VALUE_PICO || amountPico < -MAX_VALUE_PICO)
    return refuse('is over 10^18', `${field}.amount`);
  if (unit !== null) {
    if (currency !== null)
      return refuse('is given beside a currency: a value is money or units', `${field}.unit`);
    if (typeof unit !== 'string' || !/^[a-z][a-z0-9_]{0,31}$/.test(unit))
      return refuse('must be 1 to 32 of a-z, 0-9 and "_", as "pages"', `${field}.unit`);
    return { amountPico, asset: `UNIT.${unit}/12` };
  }
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    return refuse('must be an ISO 4217 code, as "USD"', `${field}.currency`);
  return { amountPico, asset: `${currency}/12` };
}

function readTier(json: JsonValue, field: string): OutcomeTier {
  const tier = OUTCOME_TIERS.find((each) => each === json);
  return tier ?? refuse(`must be one of ${OUTCOME_TIERS.join(', ')}`, field);
}

/** A number is kept as its decimal text, so that 4 and "4" are the same quality. */
function readQuality(json: JsonValue, field: string): string {
  const text = typeof json === 'number' ? String(json) : typeof json === 'string' ? json.trim() : '';
  if (text === '' || text.length > 64)
    return refuse('must be a number or a text of 1 to 64 characters', field);
  return text;
}

function readKey(json: JsonValue, field: string): string {
  const key = typeof json === 'string' ? json.trim() : '';
  if (key === '' || key.length > 512)
    return refuse('must be the key of a work item of the same kind, 1 to 512 characters', field);
  return key;
}

function readSplit(json: JsonValue, context: DataContext): NonNullable<EventReference['splitFrom']> {
  const { key = null, weight = 1, ...rest } = isObject(json) ? json : { key: json };
  for (const name of Object.keys(rest)) refuse('is unknown: key, weight', `data.splitFrom.${name}`);
  if (typeof weight !== 'number' || !Number.isInteger(weight) || weight < 1 || weight > MAX_WEIGHT)
    return refuse(`must be a whole number from 1 to ${MAX_WEIGHT}`, 'data.splitFrom.weight');
  const field = isObject(json) ? 'data.splitFrom.key' : 'data.splitFrom';
  return { origin: toRef(context.kind, context.tenantId, readKey(key, field)), weight: BigInt(weight) };
}

function readName(json: JsonValue, ownSource: string, field: string): EventName {
  const { id, source = ownSource } = isObject(json) ? json : { id: json };
  if (typeof id !== 'string' || id === '' || id.length > 512)
    return refuse('must be the id of an event, 1 to 512 characters', `${field}.id`);
  if (typeof source !== 'string' || source === '' || source.length > 512)
    return refuse('must be the source of an event, 1 to 512 characters', `${field}.source`);
  return { source, eventId: id };
}

const CORRECTABLE = ['verb', 'time', 'value', 'tier', 'quality'];

function readCorrection(
  json: JsonValue,
  ownSource: string,
  context: DataContext,
): NonNullable<EventReference['corrects']> {
  const name = readName(json, ownSource, 'data.corrects');
  const to = isObject(json) ? json['to'] : undefined;
  if (!isObject(to) || Object.keys(to).length === 0)
    return refuse(`must say what is right: ${CORRECTABLE.join(', ')}`, 'data.corrects.to');
  for (const member of Object.keys(to))
    if (!CORRECTABLE.includes(member))
      refuse(`is none of ${CORRECTABLE.join(', ')}`, `data.corrects.to.${member}`);
  return { ...name, to: readReplacement(to, context) };
}

/** Null takes back what the event said of value, tier or quality. */
function readReplacement(to: JsonObject, context: DataContext): EventCorrection {
  const field = (member: string): string => `data.corrects.to.${member}`;
  const { verb, time, value, tier, quality } = to;
  if (verb !== undefined && (typeof verb !== 'string' || !/^[a-z][a-z0-9_]{0,62}$/.test(verb)))
    return refuse('must be a verb, as resolved', field('verb'));
  if (time !== undefined && typeof time !== 'string')
    return refuse('must be an RFC 3339 time', field('time'));
  return {
    ...(verb === undefined ? {} : { verb }),
    ...(time === undefined
      ? {}
      : { occurredAtUs: readBusinessTime(time, field('time'), context.receivedAtUs) }),
    ...(value === undefined ? {} : { value: present(value, (json) => readValue(json, field('value'))) }),
    ...(tier === undefined ? {} : { tier: present(tier, (json) => readTier(json, field('tier'))) }),
    ...(quality === undefined
      ? {}
      : { quality: present(quality, (json) => readQuality(json, field('quality'))) }),
  };
}
