import {
  intakeAttributes,
  intakePolicySchema,
  Rules,
  type IntakeEvent,
  type IntakePolicy,
} from '#attribution';
import type { Ref } from '#model';
import {
  readPopulationEvents,
  readSettings,
  type Client,
  type CostPerOutcomeQuery,
  type PopulationEvent,
} from '#store';
import { readIntake } from '../outcomes/read-intake.ts';
import { Json } from '../wire.ts';

/** The declared attributes of a work item, as they stood before its first attempt. */
export interface ItemIntake {
  readonly labels: Readonly<Record<string, string>>;
  readonly numbers: Readonly<Record<string, number>>;
  /** Declared attributes that were stated only for a time after work began. */
  readonly late: readonly string[];
}

/** What is declared to be known at intake, and what is known of each item. */
export interface KnownIntake {
  /** Empty: nothing is declared. */
  readonly declared: IntakePolicy['attributes'];
  readonly of: (ref: Ref, firstAttemptAtUs: bigint | null) => ItemIntake;
  /** Whether something of an item's intake was received only after its state had become final. */
  readonly isToldAfterwards: (ref: Ref, finalAtUs: bigint) => boolean;
}

/**
 * What was known of the settled items of a population when they came in, by the policy `intake` that holds at the time
 * of the question.
 */
export async function intakeOfItems(
  client: Client,
  tenantId: bigint,
  population: CostPerOutcomeQuery,
): Promise<KnownIntake> {
  const { size, nowUs } = population;
  const policies = await readSettings(client, tenantId, 'policies', size);
  const inForce = policies.findLast(
    ({ name, validFromUs }) => name === 'intake' && (validFromUs === null || validFromUs <= nowUs),
  );
  const { attributes: declared } =
    inForce === undefined ? { attributes: [] } : intakePolicySchema.parse(inForce.rule);
  if (declared.length === 0) return { declared, of: () => NOTHING, isToldAfterwards: () => false };
  const rules = new Rules(
    await readSettings(client, tenantId, 'definitions', size),
    policies,
    await readSettings(client, tenantId, 'key_mappings', size),
  );
  const events = byItem(await readPopulationEvents(client, tenantId, population, 'intake'), rules);
  return {
    declared,
    of: (ref, firstAttemptAtUs) => {
      const said = intakeAttributes(
        events.get(ref) ?? [],
        (event) => effectOf(event, rules),
        firstAttemptAtUs,
      );
      return typed(said, declared);
    },
    isToldAfterwards: (ref, finalAtUs) =>
      (events.get(ref) ?? []).some(
        ({ intake, receivedAtUs }) => Object.keys(intake).length > 0 && receivedAtUs > finalAtUs,
      ),
  };
}

const NOTHING: ItemIntake = { labels: {}, numbers: {}, late: [] };

type KnownEvent = IntakeEvent & { readonly receivedAtUs: bigint };

const effectOf = ({ kind, verb, occurredAtUs, source }: IntakeEvent, rules: Rules) =>
  rules.readVerb(kind, verb, occurredAtUs, source).effect;

/** Events that no definition knows, or whose source has no say, are left out: their word counts for nothing else either. */
function byItem(events: readonly PopulationEvent[], rules: Rules): ReadonlyMap<Ref, KnownEvent[]> {
  const items = new Map<Ref, KnownEvent[]>();
  for (const { intake, effect: _asReceived, ...event } of events) {
    const known: KnownEvent = { ...event, intake: readable(intake) };
    if (effectOf(known, rules) === null) continue;
    const list = items.get(event.ref);
    if (list) list.push(known);
    else items.set(event.ref, [known]);
  }
  return items;
}

/** Events from before intake was checked may say anything under that name, and erased ones nothing. */
function readable(intake: unknown): Record<string, string> {
  if (intake === null || intake === undefined) return {};
  try {
    return readIntake(Json.parse(intake));
  } catch {
    return {};
  }
}

function typed(
  { values, late }: ReturnType<typeof intakeAttributes>,
  declared: IntakePolicy['attributes'],
): ItemIntake {
  const labels: Record<string, string> = {};
  const numbers: Record<string, number> = {};
  for (const { name, type } of declared) {
    const text = values[name];
    if (text === undefined) continue;
    if (type === 'label') labels[name] = text;
    else if (Number.isFinite(Number(text))) numbers[name] = Number(text);
  }
  const isDeclared = (name: string): boolean => declared.some((each) => each.name === name);
  return { labels, numbers, late: late.filter(isDeclared) };
}
