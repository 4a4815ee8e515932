import { Rules } from '#attribution';
import { CostPolicies } from '#ledger';
import { buildPriceIndex, type PriceIndex } from '#pricing';
import { readPriceRows, readTenantRules, SHIPPED_PRICES, type Client } from '#store';

/** The rules and prices of a tenant that a size of the log knows. */
export interface RulesAt {
  readonly rules: Rules;
  readonly costPolicies: CostPolicies;
}

/** @param known `policy overhead@2`, as `readRulesAt` lists them */
export async function readRulesKnown(
  client: Client,
  tenantId: bigint,
  known: ReadonlySet<string>,
): Promise<RulesAt> {
  const all = await readTenantRules(client, tenantId);
  const of = <Version extends { readonly name: string; readonly version: number }>(
    kind: string,
    versions: readonly Version[],
  ): Version[] => versions.filter(({ name, version }) => known.has(`${kind} ${name}@${version}`));
  const policies = of('policy', all.policies);
  return {
    rules: new Rules(of('definition', all.definitions), policies, of('key_mapping', all.keyMappings)),
    costPolicies: new CostPolicies(policies),
  };
}

/** Price indexes kept; each is over the shipped prices as well, and takes half a second to make. */
const MAX_KEPT = 4;

/** Prices as sizes of logs know them, kept by the versions of books: those never change. */
export class PricesAt {
  private readonly kept = new Map<string, PriceIndex>();

  /** @param known as `readRulesAt` lists them */
  async read(client: Client, tenantId: bigint, known: readonly string[]): Promise<PriceIndex> {
    const books = new Set(known.filter((rule) => rule.startsWith('price.book ')));
    const key = `${tenantId} ${[...books].join()}`;
    const index = this.kept.get(key) ?? (await this.build(client, tenantId, books));
    this.kept.delete(key);
    this.kept.set(key, index);
    for (const oldest of this.kept.keys()) if (this.kept.size > MAX_KEPT) this.kept.delete(oldest);
    return index;
  }

  private async build(client: Client, tenantId: bigint, books: ReadonlySet<string>): Promise<PriceIndex> {
    const rows = await readPriceRows(client, [SHIPPED_PRICES, tenantId]);
    return buildPriceIndex(rows.filter(({ book, version }) => books.has(`price.book ${book}@${version}`)));
  }
}
