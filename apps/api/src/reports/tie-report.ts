import { parsePico } from '#model';
import { readBilled, readPriceBookVersions, readSettings, type Client } from '#store';
import type { AskedReport, ReportContext } from './ask-report.ts';
import { changeSinceClose } from './change-since-close.ts';
import type { CostRow } from './cost-row.ts';
import { reconciled } from './reconciled.ts';
import { SharedReads } from './shared-reads.ts';
import { readSealed, tieOut, type TieOut } from './tie-out.ts';

/** How a report ties to what was metered and billed; its digest is the report's own. */
export interface TiedReport {
  readonly tieOut: Omit<TieOut, 'query' | 'digest'>;
  /** Share of the metered cost that is on an invoice; null without one. */
  readonly billedShare: string | null;
  /** Everything in the report was used in the period, and the period's bills are reconciled. */
  readonly isMeasured: boolean;
}

const ties = new SharedReads<TiedReport>();

/**
 * Read once of a snapshot that reports share.
 *
 * @param totalPico what the report adds up to, in USD, read in the same snapshot
 */
export function tieReport(
  client: Client,
  asked: AskedReport,
  context: ReportContext,
  totalPico: bigint,
): Promise<TiedReport> {
  const { view, from, to } = asked.query;
  const question = { view, from, to, ...asked.range, totalPico };
  return ties.of(context.snapshot, question, () => readTie(client, asked, context, totalPico));
}

async function readTie(
  client: Client,
  { query, past, range }: AskedReport,
  { tenantId, engine }: ReportContext,
  totalPico: bigint,
): Promise<TiedReport> {
  const figures = await tieOut(client, tenantId, { ...range, view: query.view }, totalPico);
  const billed = reconciled(await readBilled(client, tenantId, range), parsePico(figures.meteredUsd)!);
  return {
    tieOut: {
      period: { from: query.from ?? null, to: query.to ?? null },
      ...figures,
      ...billed.view,
      changeSinceClose: await changeSinceClose(client, tenantId, range),
      ...(await readSealed(client, tenantId, past)),
      versions: {
        engine,
        rules: await ruleVersions(client, tenantId, range.size),
        priceBooks: await readPriceBookVersions(client, tenantId, range.size),
      },
    },
    billedShare: billed.share,
    isMeasured: billed.view.reconciliation === 'reconciled' && parsePico(figures.fromOtherPeriodsUsd) === 0n,
  };
}

/** The row as the bills know it: what is counted and on an invoice is measured; nothing else gets any better by it. */
export const withBills = (row: CostRow, { billedShare, isMeasured }: TiedReport): CostRow => ({
  ...row,
  coverage: { ...row.coverage, reconciled: billedShare },
  grade: isMeasured && row.grade === 'metered' ? 'measured' : row.grade,
});

/** Newest version of each of the tenant's rules at a size of the log (null = now); 0 = the shipped ones. */
export async function ruleVersions(
  client: Client,
  tenantId: bigint,
  size: number | null,
): Promise<Record<string, number>> {
  const versions: Record<string, number> = { definitions: 0, policies: 0, key_mappings: 0 };
  for (const table of ['definitions', 'policies', 'key_mappings'] as const) {
    for (const { name, version } of await readSettings(client, tenantId, table, size))
      versions[`${table}/${name}`] = version;
  }
  return versions;
}
