import { OWN_SOURCE, type OutcomeDefinition, type OutcomeEffect } from '#model';
import type { KeyMapping } from './find-work-item-keys.ts';
import type { OverheadRule } from './declared-attributes.ts';
import {
  readContentRule,
  readLinkPolicy,
  type ContentKey,
  type LinkPolicy,
  type ToolKey,
} from './link-rules.ts';
import {
  definitionRuleSchema,
  dimensionsPolicySchema,
  keyMappingRuleSchema,
  overheadPolicySchema,
} from './rule-schemas.ts';
import { COMMON_VERBS, SHIPPED_DEFINITIONS } from './shipped-definitions.ts';
import { SHIPPED_KEY_MAPPINGS } from './shipped-key-mappings.ts';

/** A dated version of a setting as it is stored. */
export interface RuleVersion {
  readonly name: string;
  readonly version: number;
  /** Usage from this time on; null = from the beginning. */
  readonly validFromUs: bigint | null;
  readonly rule: unknown;
}

/** What is needed to read a span or an event that happened at one instant. */
export interface RulesInForce {
  readonly keyMappings: readonly KeyMapping[];
  readonly toolKeys: readonly ToolKey[];
  readonly contentKeys: readonly ContentKey[];
  readonly links: LinkPolicy;
  readonly overhead: readonly OverheadRule[];
  readonly dimensions: readonly string[];
  /** `name@version` of each, for the records made under them. */
  readonly versions: readonly string[];
}

/** What the verb of an event means; without an effect the event is set aside and moves nothing. */
export type ReadVerb =
  | { readonly effect: OutcomeEffect; readonly setAsideReason: null; readonly definition: OutcomeDefinition }
  | {
      readonly effect: null;
      readonly setAsideReason: 'unknown_kind' | 'unknown_verb' | 'source_not_accepted';
      readonly definition: OutcomeDefinition | null;
    };

/**
 * All rules of a tenant, shipped ones included; asked by the time of the usage they are applied to.
 * A tenant's version replaces the shipped one of the same name from its valid-from time on.
 */
export class Rules {
  private readonly memo = new Map<string, RulesInForce>();
  /** When a version of a policy or a mapping begins to hold, ascending: between two of these nothing changes. */
  private readonly changesUs: readonly bigint[];
  private readonly readings = new Map<number, RulesInForce>();
  private readonly definitions = new Map<RuleVersion, OutcomeDefinition>();

  constructor(
    private readonly definitionVersions: readonly RuleVersion[],
    private readonly policyVersions: readonly RuleVersion[],
    private readonly keyMappingVersions: readonly RuleVersion[],
  ) {
    this.changesUs = [...policyVersions, ...keyMappingVersions]
      .flatMap(({ validFromUs }) => validFromUs ?? [])
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /** Whether keys of a kind name work items at a business time: a definition of it is in force then. */
  isWorkItemKind(kind: string, atUs: bigint): boolean {
    return (
      SHIPPED_BY_KIND.has(kind) ||
      this.definitionVersions.some((version) => version.name === kind && isValidAt(version, atUs))
    );
  }

  /** The definition of a kind in force at a business time; null for a kind without one. */
  definition(ofKind: string, atUs: bigint): OutcomeDefinition | null {
    const version = inForce(
      this.definitionVersions.filter(({ name: kind }) => kind === ofKind),
      atUs,
    ).get(ofKind);
    return version === undefined ? (SHIPPED_BY_KIND.get(ofKind) ?? null) : this.parsed(version);
  }

  /**
   * The definition a work item is kept by, whatever the clock says: that in force at the first of the business times
   * (null = not known) at which there is one, else the earliest of its kind.
   *
   * @returns null only for a kind that no version ever defines
   */
  definitionOfItem(ofKind: string, timesUs: readonly (bigint | null)[]): OutcomeDefinition | null {
    for (const atUs of timesUs) {
      const definition = atUs === null ? null : this.definition(ofKind, atUs);
      if (definition !== null) return definition;
    }
    const starts = this.definitionVersions.flatMap(({ name: kind, validFromUs }) =>
      kind === ofKind && validFromUs !== null ? [validFromUs] : [],
    );
    const firstUs = starts.reduce((first, atUs) => (atUs < first ? atUs : first), starts[0] ?? BEGINNING_US);
    return this.definition(ofKind, BEGINNING_US) ?? this.definition(ofKind, firstUs);
  }

  /** What a verb of a source did to a work item of its kind, by the definition in force when it happened. */
  readVerb(kind: string, verb: string, occurredAtUs: bigint, source: string): ReadVerb {
    const definition = this.definition(kind, occurredAtUs);
    if (definition === null) return { effect: null, setAsideReason: 'unknown_kind', definition };
    const own = source === OWN_SOURCE ? verbOf(OWN_VERBS, verb) : undefined;
    const effect = own ?? verbOf(definition.verbs, verb) ?? verbOf(COMMON_VERBS, verb);
    if (effect === undefined) return { effect: null, setAsideReason: 'unknown_verb', definition };
    const isAccepted =
      own !== undefined || definition.sources === null || definition.sources.includes(source);
    return isAccepted
      ? { effect, setAsideReason: null, definition }
      : { effect: null, setAsideReason: 'source_not_accepted', definition };
  }

  /** Whether any mapping, whenever it holds, finds keys in what was said: then who declares a key moves other traces. */
  findsKeys(): boolean {
    return this.keyMappingVersions.some(
      ({ name: mapping, version, rule }) =>
        readContentRule(mapping, version, rule) !== null ||
        !['E1', 'E2'].includes(keyMappingRuleSchema.parse(rule).tier),
    );
  }

  /** Rules that read a span which started at `atUs`. Equal results are the same object while no rule changes between. */
  readingAt(atUs: bigint): RulesInForce {
    const place = this.changesUs.findLastIndex((changeUs) => changeUs <= atUs);
    let rules = this.readings.get(place);
    if (rules === undefined) {
      rules = this.readAt(atUs);
      this.readings.set(place, rules);
    }
    return rules;
  }

  private readAt(atUs: bigint): RulesInForce {
    const policies = inForce(this.policyVersions, atUs);
    const mappings = inForce(this.keyMappingVersions, atUs);
    const versions = [...policies.values(), ...mappings.values()].map((v) => `${v.name}@${v.version}`).sort();
    // A policy and a mapping may share a name.
    const key = [policies, mappings]
      .map((map) => [...map.values()].map((v) => `${v.name}@${v.version}`))
      .join('/');
    const known = this.memo.get(key);
    if (known !== undefined) return known;
    const overhead = policies.get('overhead');
    const dimensions = policies.get('dimensions');
    const content = [...mappings.values()].map((v) => ({
      v,
      found: readContentRule(v.name, v.version, v.rule),
    }));
    const rules: RulesInForce = {
      keyMappings: [
        ...content.flatMap(({ v, found }) => (found === null ? [toKeyMapping(v)] : [])),
        ...SHIPPED_KEY_MAPPINGS.filter((shipped) => !mappings.has(shipped.name)),
      ],
      toolKeys: content.flatMap(({ found }) => (found !== null && 'toolKey' in found ? [found.toolKey] : [])),
      contentKeys: content.flatMap(({ found }) =>
        found !== null && 'contentKey' in found ? [found.contentKey] : [],
      ),
      links: readLinkPolicy(policies.get('links'), policies.get('link_confidence')),
      overhead: overhead === undefined ? [] : overheadPolicySchema.parse(overhead.rule).pools,
      dimensions: dimensions === undefined ? [] : dimensionsPolicySchema.parse(dimensions.rule).attributes,
      versions,
    };
    this.memo.set(key, rules);
    return rules;
  }

  private parsed(version: RuleVersion): OutcomeDefinition {
    const known = this.definitions.get(version);
    if (known !== undefined) return known;
    const rule = definitionRuleSchema.parse(version.rule);
    const definition: OutcomeDefinition = {
      kind: version.name,
      version: version.version,
      outcomeType: rule.outcomeType,
      verbs: rule.verbs,
      waitingWindowMs: rule.waitingWindowMs,
      tiers: rule.tiers ?? {},
      requires: rule.requires ?? [],
      sources: rule.sources ?? null,
      assumed: rule.assumed ?? null,
      timeToLive: rule.timeToLive ?? null,
    };
    this.definitions.set(version, definition);
    return definition;
  }
}

const SHIPPED_BY_KIND: ReadonlyMap<string, OutcomeDefinition> = new Map(
  SHIPPED_DEFINITIONS.map((definition) => [definition.kind, definition]),
);

/** What the events that this service records itself do. */
const OWN_VERBS: Readonly<Record<string, OutcomeEffect>> = { assumed: 'achieved', expired: 'expired' };

/** A verb may be called "constructor". */
const verbOf = (verbs: Readonly<Record<string, OutcomeEffect>>, verb: string): OutcomeEffect | undefined =>
  Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;

/** Before every business time there is. */
const BEGINNING_US = -(2n ** 63n);

function toKeyMapping(version: RuleVersion): KeyMapping {
  const rule = keyMappingRuleSchema.parse(version.rule);
  return {
    name: version.name,
    version: version.version,
    attribute: rule.attribute,
    kind: rule.kind,
    kindAttribute: rule.kindAttribute,
    tier: rule.tier,
  };
}

/** Of each name the highest version that is valid at the time. */
function inForce(versions: readonly RuleVersion[], atUs: bigint): Map<string, RuleVersion> {
  const newest = new Map<string, RuleVersion>();
  for (const version of versions) {
    if (!isValidAt(version, atUs)) continue;
    const known = newest.get(version.name);
    if (known === undefined || version.version > known.version) newest.set(version.name, version);
  }
  return newest;
}

const isValidAt = ({ validFromUs }: RuleVersion, atUs: bigint): boolean =>
  validFromUs === null || validFromUs <= atUs;
