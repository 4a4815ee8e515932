import { SERVICE_TIERS, type ServiceTier } from './price-row.ts';

/** What emitters call the standard tier. `auto` is a request; a response that repeats it says nothing else. */
const STANDARD = new Set([
  '',
  'default',
  'standard',
  'standard_only',
  'auto',
  'on_demand',
  'on-demand',
  'none',
  'null',
]);
const SYNONYMS = new Map<string, ServiceTier>(
  Object.entries({
    batches: 'batch',
    batch_api: 'batch',
    on_demand_priority: 'priority',
    on_demand_flex: 'flex',
    provisioned_throughput: 'provisioned',
    reserved: 'provisioned',
  } as const),
);

/** @returns null for the standard tier, a tier that rows may price, or `unknown` for any other word */
export function readServiceTier(tier: string | null): ServiceTier | 'unknown' | null {
  const lower = tier?.trim().toLowerCase() ?? '';
  if (STANDARD.has(lower)) return null;
  return SERVICE_TIERS.find((each) => each === lower) ?? SYNONYMS.get(lower) ?? 'unknown';
}
