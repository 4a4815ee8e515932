import type { Asset, Charge, Step, TokenBucket, Usage, UsageUnit } from '#model';
import {
  canonicalModel,
  canonicalServiceTier,
  chargeStep,
  chargeUsage,
  mayBeCharged,
  type PriceIndex,
} from '#pricing';
import { billClassOf, type BillClass, type MatchKey, type OwnUsage } from '#reconciliation';
import { readNewestSteps, readTracesUsedIn, type Database } from '#store';
import { parseStep } from '#trails';

const TRACES_PER_PAGE = 500;
const TOKENS: Partial<Record<BillClass, TokenBucket>> = {
  in_uncached: 'in_uncached',
  cache_read: 'cache_read',
  cache_write_5m: 'cache_write_5m',
  cache_write_1h: 'cache_write_1h',
  output: 'out_text',
  audio_in: 'audio_in',
  audio_cache_read: 'audio_cache_read',
  audio_out: 'audio_out',
  image_in: 'image_in',
  image_out: 'image_out',
};
const UNITS: Partial<Record<BillClass, UsageUnit>> = {
  request: 'request',
  search: 'search',
  image: 'image',
  audio_second: 'audio_second',
  tool_call: 'tool_call',
};

/**
 * What our own charges say of a provider's usage in a period, by currency and then day, model, class and tier. Priced
 * again from the stored steps, page by page: quantities by class stand in no ledger row.
 */
export async function ownUsageOf(
  db: Database,
  tenantId: bigint,
  provider: string,
  range: { readonly fromUs: bigint; readonly toUs: bigint },
  prices: PriceIndex,
): Promise<Map<Asset, OwnUsage[]>> {
  const sums = new UsageSums();
  let after = '';
  for (;;) {
    const traceIds = await readTracesUsedIn(db, tenantId, range, after, TRACES_PER_PAGE);
    const last = traceIds.at(-1);
    if (last === undefined) return sums.byAsset();
    for (const row of await readNewestSteps(db, tenantId, traceIds)) {
      if (row.startedAtUs < range.fromUs || row.startedAtUs >= range.toUs) continue;
      if (!mayBeCharged(row.role, row.record)) continue;
      const step = parseStep(row.record);
      for (const charge of chargeStep(step, prices)) {
        if (charge.state === 'priced' && charge.provider === provider) sums.add(step, charge);
      }
    }
    after = last;
  }
}

class UsageSums {
  private readonly sums = new Map<string, { asset: Asset; usage: OwnUsage }>();

  add(step: Step, charge: Charge & { readonly state: 'priced' }): void {
    const base = {
      provider: charge.provider,
      day: new Date(Number(step.startedAtNs / 1_000_000n)).toISOString().slice(0, 10),
      model: canonicalModel(charge.callModel),
      serviceTier: canonicalServiceTier(step.serviceTier),
    };
    for (const { class: chargeClass, quantity, amountPico } of charge.lines) {
      const billClass = billClassOf(chargeClass);
      const id = [charge.asset, base.day, base.model, billClass, base.serviceTier].join('\n');
      const known = this.sums.get(id)?.usage;
      const usage: OwnUsage = {
        ...base,
        billClass,
        quantity: (known?.quantity ?? 0n) + quantity,
        amountPico: (known?.amountPico ?? 0n) + amountPico,
      };
      this.sums.set(id, { asset: charge.asset, usage });
    }
  }

  byAsset(): Map<Asset, OwnUsage[]> {
    const byAsset = new Map<Asset, OwnUsage[]>();
    for (const { asset, usage } of this.sums.values()) {
      const list = byAsset.get(asset);
      if (list === undefined) byAsset.set(asset, [usage]);
      else list.push(usage);
    }
    return byAsset;
  }
}

/**
 * What a billed quantity costs by our own prices, where the bill tells no amount.
 * @param atUs when it was used, where the bill tells no day
 * @returns null where there is no price for it in this currency
 */
export function bookAmount(
  key: MatchKey,
  quantity: bigint,
  { asset, atUs, prices }: { readonly asset: Asset; readonly atUs: bigint; readonly prices: PriceIndex },
): bigint | null {
  if (key.model === null || key.billClass === null) return null;
  const [token, unit] = [TOKENS[key.billClass], UNITS[key.billClass]];
  const usage: Usage = {
    tokens: token === undefined ? {} : { [token]: quantity },
    units: unit === undefined ? {} : { [unit]: quantity },
  };
  const charges = chargeUsage(
    {
      provider: key.provider,
      modelResponse: key.model,
      modelRequest: null,
      usage,
      usageState: 'reported',
      startedAtNs: key.day === null ? atUs * 1000n : BigInt(Date.parse(key.day)) * 1_000_000n,
      serviceTier: key.serviceTier,
    },
    prices,
  );
  // A fee per request that the row has as well is of the request, not of this class.
  const lines = charges.flatMap((charge) =>
    charge.state === 'priced' && charge.asset === asset ? charge.lines : [],
  );
  const own = lines.filter((line) => billClassOf(line.class) === key.billClass);
  return own.length === 0 ? null : own.reduce((sum, { amountPico }) => sum + amountPico, 0n);
}
