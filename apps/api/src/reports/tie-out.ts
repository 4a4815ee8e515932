import { formatPico, USD_PICO } from '#model';
import {
  hasUnsealedLeaves,
  readCheckpoint,
  readMetered,
  readTieOut,
  type Client,
  type TieOutQuery,
} from '#store';
import { z } from 'zod';
import { Money } from '../wire.ts';
import { ChangeSinceClose } from './change-since-close.ts';
import type { PastBooks } from './past-books.ts';
import { ReconciledView } from './reconciled.ts';

/** How far the evidence log covers what the figures were made of. */
const SEALED = {
  none: 'no checkpoint is signed yet',
  partly: 'newer leaves wait for the next checkpoint: the figures may include what they record',
  all: 'everything recorded is in the log of this size',
} as const;

export const TieOut = z
  .object({
    period: z.object({ from: z.string().nullable(), to: z.string().nullable() }),
    meteredUsd: Money.meta({
      description: 'All that was metered in the period: inScopeUsd + the exclusions',
    }),
    inScopeUsd: Money,
    exclusions: z.array(z.object({ reason: z.string(), amountUsd: Money })),
    fromOtherPeriodsUsd: Money.meta({
      description: 'Lifetime cost in the report that was used in other periods',
    }),
    reportUsd: Money.meta({ description: 'The total of the report: inScopeUsd + fromOtherPeriodsUsd' }),
    otherCurrencies: z.array(z.object({ currency: z.string(), metered: z.string() })),
    ...ReconciledView.shape,
    changeSinceClose: ChangeSinceClose.nullable().meta({
      description: 'null: no month that lies in the period was closed by then',
    }),
    size: z.int().nullable().meta({ description: 'Of the newest signed checkpoint of the evidence log' }),
    root: z.base64().nullable().meta({ description: 'Its RFC 6962 root' }),
    sealed: z.enum(SEALED),
    versions: z.object({
      engine: z.string(),
      rules: z.record(z.string(), z.int()),
      priceBooks: z.record(z.string(), z.int()),
    }),
    query: z.record(z.string(), z.string().nullable()),
    digest: z.string().meta({ description: 'SHA-256 of the canonical JSON of query and rows' }),
  })
  .meta({ id: 'TieOut' });
export type TieOut = z.infer<typeof TieOut>;

export type TieOutFigures = Pick<
  TieOut,
  'meteredUsd' | 'inScopeUsd' | 'exclusions' | 'fromOtherPeriodsUsd' | 'reportUsd' | 'otherCurrencies'
>;

/**
 * Up to where the evidence log covers the figures: what they were read at, or in the snapshot of the report, up to
 * where it is signed.
 */
export async function readSealed(
  client: Client,
  tenantId: bigint,
  past: PastBooks | null,
): Promise<Pick<TieOut, 'size' | 'root' | 'sealed'>> {
  if (past !== null) return { size: past.size, root: past.root.toString('base64'), sealed: SEALED.all };
  const checkpoint = await readCheckpoint(client, tenantId);
  if (checkpoint === null) return { size: null, root: null, sealed: SEALED.none };
  return {
    size: checkpoint.size,
    root: checkpoint.root.toString('base64'),
    sealed: (await hasUnsealedLeaves(client, tenantId)) ? SEALED.partly : SEALED.all,
  };
}

/**
 * Ties the total of a report to everything metered in its period.
 *
 * @param reportPico the total of the report, read in the same transaction
 * @throws Error when the parts do not sum to what was metered: the ledger is out of balance
 */
export async function tieOut(
  client: Client,
  tenantId: bigint,
  query: TieOutQuery,
  reportPico: bigint,
): Promise<TieOutFigures> {
  const parts = await readTieOut(client, tenantId, query);
  const metered = await readMetered(client, tenantId, query);
  for (const { asset, amountPico } of metered) {
    const sum = parts
      .filter((part) => part.asset === asset)
      .reduce((total, part) => total + part.amountPico, 0n);
    if (sum !== amountPico) throw new Error(`cost of ${sum} ${asset} stands against ${amountPico} metered`);
  }
  const inUsd = parts.filter((part) => part.asset === USD_PICO);
  const inScopePico = inUsd.find((part) => part.reason === 'in_scope')?.amountPico ?? 0n;
  return {
    meteredUsd: formatPico(inUsd.reduce((total, part) => total + part.amountPico, 0n)),
    inScopeUsd: formatPico(inScopePico),
    exclusions: inUsd
      .filter((part) => part.reason !== 'in_scope')
      .map((part) => ({ reason: part.reason, amountUsd: formatPico(part.amountPico) })),
    fromOtherPeriodsUsd: formatPico(reportPico - inScopePico),
    reportUsd: formatPico(reportPico),
    otherCurrencies: metered
      .filter(({ asset }) => asset !== USD_PICO)
      .map(({ asset, amountPico }) => ({ currency: asset.split('/')[0]!, metered: formatPico(amountPico) })),
  };
}
