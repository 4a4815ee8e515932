import type { z } from 'zod';
import { approvalsPolicySchema, SHIPPED_APPROVALS, type ApprovalsPolicy } from './approvals-policy.ts';
import { fxPolicySchema, SHIPPED_FX_POLICY, type FxPolicy } from './fx/fx-policy.ts';
import { labourRatesPolicySchema, type LabourRates } from './labour-rates.ts';
import { placementPolicySchema, SHIPPED_PLACEMENT, type PlacementPolicy } from './placement-policy.ts';
import { poolsPolicySchema, type PoolsPolicy } from './pools/pools-policy.ts';

/** A dated version of a policy as it is stored. */
export interface PolicyVersion {
  readonly name: string;
  readonly version: number;
  /** Usage from this time on; null = from the beginning. */
  readonly validFromUs: bigint | null;
  readonly rule: unknown;
}

/** A rule with the version that said it. */
export interface RuleInForce<Rule> {
  readonly rule: Rule;
  /** `name@version`. */
  readonly version: string;
}

/** The versions of one policy. */
class DatedRules<Rule> {
  private readonly rules: readonly (RuleInForce<Rule> & { readonly validFromUs: bigint | null })[];

  constructor(name: string, schema: z.ZodType<Rule>, versions: readonly PolicyVersion[]) {
    this.rules = versions
      .filter((version) => version.name === name)
      .sort((a, b) => b.version - a.version)
      .map(({ version, validFromUs, rule }) => ({
        rule: schema.parse(rule),
        version: `${name}@${version}`,
        validFromUs,
      }));
  }

  /** The newest version that is valid at a business time. */
  at(atUs: bigint): RuleInForce<Rule> | null {
    return this.rules.find(({ validFromUs }) => validFromUs === null || validFromUs <= atUs) ?? null;
  }
}

/** The policies about cost of a tenant, asked by the business time they are applied to. Pure. */
export class CostPolicies {
  private readonly placement: DatedRules<PlacementPolicy>;
  private readonly labourRates: DatedRules<LabourRates>;
  private readonly pools: DatedRules<PoolsPolicy>;
  private readonly fx: DatedRules<FxPolicy>;
  private readonly approvals: DatedRules<ApprovalsPolicy>;

  /** @param versions all policies of the tenant; those of other names are left out */
  constructor(versions: readonly PolicyVersion[]) {
    this.placement = new DatedRules('placement', placementPolicySchema, versions);
    this.labourRates = new DatedRules('labour_rates', labourRatesPolicySchema, versions);
    this.pools = new DatedRules('pools', poolsPolicySchema, versions);
    this.fx = new DatedRules('fx', fxPolicySchema, versions);
    this.approvals = new DatedRules('approvals', approvalsPolicySchema, versions);
  }

  placementAt(atUs: bigint): PlacementPolicy {
    return this.placement.at(atUs)?.rule ?? SHIPPED_PLACEMENT;
  }

  /** @returns null where nobody declared what labour costs */
  labourRatesAt(atUs: bigint): LabourRates | null {
    return this.labourRates.at(atUs)?.rule ?? null;
  }

  /** @returns null where no pool is allocated */
  poolsAt(atUs: bigint): RuleInForce<PoolsPolicy> | null {
    return this.pools.at(atUs);
  }

  fxAt(atUs: bigint): RuleInForce<FxPolicy> {
    return this.fx.at(atUs) ?? { rule: SHIPPED_FX_POLICY, version: 'fx@0' };
  }

  /** Which changes need a preview and a second principal. @param atUs the server's time */
  approvalsAt(atUs: bigint): ApprovalsPolicy {
    return this.approvals.at(atUs)?.rule ?? SHIPPED_APPROVALS;
  }
}
