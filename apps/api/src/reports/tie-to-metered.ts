import { createHash } from 'node:crypto';
import { canonicalJson } from '#evidence';
import { formatPico, parsePico, USD_PICO } from '#model';
import { readBilled, readMetered, readPriceBookVersions, type Client } from '#store';
import { Json } from '../wire.ts';
import { changeSinceClose } from './change-since-close.ts';
import { reconciled } from './reconciled.ts';
import { BEGINNING, END } from './report-query.ts';
import { readSealed, type TieOut } from './tie-out.ts';
import { ruleVersions } from './tie-report.ts';

/** What a report that is not about outcomes has of all that was metered. */
export interface MeteredPart {
  readonly from: string | null;
  readonly to: string | null;
  /** USD in pico: charges of the period that the report is about. */
  readonly inScopePico: bigint;
  /** Why the rest of the period is not in it. */
  readonly restReason: string;
  readonly query: Record<string, string | null>;
  /** What the digest is of, beside the query. */
  readonly content: Record<string, unknown>;
}

/** Ties a report of charges, capacity or counts to everything metered in its period, read in one snapshot. */
export async function tieToMetered(
  client: Client,
  { tenantId, engine }: { readonly tenantId: bigint; readonly engine: string },
  part: MeteredPart,
): Promise<TieOut> {
  const { from, to, inScopePico, query } = part;
  const range = { fromDay: from ?? BEGINNING, toDay: to ?? END, size: null };
  const metered = await readMetered(client, tenantId, range);
  const meteredPico = metered.find(({ asset }) => asset === USD_PICO)?.amountPico ?? 0n;
  const restPico = meteredPico - inScopePico;
  const rest = restPico === 0n ? [] : [{ reason: part.restReason, amountUsd: formatPico(restPico) }];
  return {
    period: { from, to },
    meteredUsd: formatPico(meteredPico),
    inScopeUsd: formatPico(inScopePico),
    exclusions: rest,
    fromOtherPeriodsUsd: '0',
    reportUsd: formatPico(inScopePico),
    otherCurrencies: metered
      .filter(({ asset }) => asset !== USD_PICO)
      .map(({ asset, amountPico }) => ({ currency: asset.split('/')[0]!, metered: formatPico(amountPico) })),
    ...reconciled(await readBilled(client, tenantId, range), meteredPico).view,
    changeSinceClose: await changeSinceClose(client, tenantId, range),
    ...(await readSealed(client, tenantId, null)),
    versions: {
      engine,
      rules: await ruleVersions(client, tenantId, null),
      priceBooks: await readPriceBookVersions(client, tenantId, null),
    },
    query,
    digest: createHash('sha256')
      .update(
        canonicalJson({
          query,
          ...Object.fromEntries(
            Object.entries(part.content).map(([name, value]) => [name, Json.parse(value)]),
          ),
        }),
      )
      .digest('hex'),
  };
}

/** Sum of amounts on the wire; unknown ones count nothing. */
export const sumPico = (amounts: readonly (string | null)[]): bigint =>
  amounts.reduce((sum, amount) => sum + (amount === null ? 0n : parsePico(amount)!), 0n);
