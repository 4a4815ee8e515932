import { Rules } from '#attribution';
import { CostPolicies } from '#ledger';
import { buildPriceIndex, type PriceIndex, type PriceRow } from '#pricing';
import { readPriceRows, readRulesDigest, readTenantRules, SHIPPED_PRICES, type Queryable } from '#store';

/** Rules and prices of a tenant as they stood when they were asked for. */
export interface TenantRulebook {
  readonly rules: Rules;
  readonly costPolicies: CostPolicies;
  readonly prices: PriceIndex;
  /** Names exactly these versions; stands on every transaction posted under them. */
  readonly digest: string;
}

/** Whoever knows the rulebook of a tenant. */
export type Rulebooks = Pick<TenantRulebooks, 'read'>;

/** Rulebooks kept; each holds an index over the shipped prices as well. */
const MAX_KEPT = 64;

/**
 * Rulebooks by tenant, made again only when a rule or price was added. Asking is one cheap query inside the
 * caller's transaction, so the answer holds everything committed before it.
 */
export class TenantRulebooks {
  private readonly known = new Map<bigint, TenantRulebook>();
  private shipped: { readonly digest: string; readonly rows: readonly PriceRow[] } | null = null;

  async read(db: Queryable, tenantId: bigint): Promise<TenantRulebook> {
    const digest = await readRulesDigest(db, tenantId);
    const known = this.known.get(tenantId);
    if (known !== undefined && known.digest === digest.all) return known;
    const versions = await readTenantRules(db, tenantId);
    const shipped =
      this.shipped?.digest === digest.shippedPrices
        ? this.shipped.rows
        : await readPriceRows(db, [SHIPPED_PRICES]);
    const own = await readPriceRows(db, [tenantId]);
    const made = {
      rules: new Rules(versions.definitions, versions.policies, versions.keyMappings),
      costPolicies: new CostPolicies(versions.policies),
      prices: buildPriceIndex([...shipped, ...own]),
      digest: digest.all,
    };
    // Read after the digest: a version committed in between is in `made` too early for its name, so it is not kept.
    if ((await readRulesDigest(db, tenantId)).all === digest.all) {
      this.shipped = { digest: digest.shippedPrices, rows: shipped };
      this.known.delete(tenantId);
      this.known.set(tenantId, made);
      for (const oldest of this.known.keys()) if (this.known.size > MAX_KEPT) this.known.delete(oldest);
    }
    return made;
  }
}
