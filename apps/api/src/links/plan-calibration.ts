import { confidenceText, fellegiSunter, jeffreysMean, Rules } from '#attribution';
import { RejectedInput } from '#model';
import type { Principal } from '#server';
import { countLinkAudits, readTenantRules, type Client } from '#store';
import type { NewVersion } from '../settings/record-version.ts';
import type { NewCalibrationBody } from './link-bodies.ts';

export const TIERS = ['E1', 'E2', 'E3', 'E4', 'E5'] as const;
export type Tier = (typeof TIERS)[number];
type Basis = {
  readonly tier: Tier;
  readonly method: string;
  readonly right: number;
  readonly audited: number;
};

/**
 * The version of the policy `link_confidence` that a calibration makes of the audits there are; it holds from now on.
 *
 * @throws RejectedInput `unprocessable` for a tier with fewer audits than are asked for
 */
export async function planCalibration(
  client: Client,
  { tenantId }: Principal,
  body: NewCalibrationBody,
  nowUs: bigint,
): Promise<NewVersion> {
  const counts = new Map((await countLinkAudits(client, tenantId)).map((count) => [count.tier, count]));
  const { definitions, policies, keyMappings } = await readTenantRules(client, tenantId);
  const standing = new Rules(definitions, policies, keyMappings).readingAt(nowUs).links.confidenceBps;
  const confidences = new Map(TIERS.map((tier) => [tier, confidenceText(standing[tier])]));
  const basis: Basis[] = [];
  body.tiers.forEach((each, index) => {
    const { audited, right } = counts.get(each.tier) ?? { audited: 0, right: 0 };
    if (each.method === 'jeffreys' && audited < body.minimumAudits)
      throw new RejectedInput(
        'unprocessable',
        `${audited} links of ${each.tier} are audited, ${body.minimumAudits} are asked for`,
        `tiers[${index}]`,
      );
    const bps =
      each.method === 'jeffreys' ? jeffreysMean(right, audited) : fellegiSunter(each, true).confidenceBps;
    confidences.set(each.tier, confidenceText(bps));
    basis.push({ tier: each.tier, method: each.method, right, audited });
  });
  return { name: 'link_confidence', validFrom: nowUs, rule: { ...Object.fromEntries(confidences), basis } };
}
