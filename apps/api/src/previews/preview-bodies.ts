import { RejectedInput, toRef } from '#model';
import { aliasRow, selfHostedRate, type DraftRow } from '#pricing';
import type { Principal } from '#server';
import { planPriceBook, priceBookRoot, type Client, type PreviewRule } from '#store';
import { z } from 'zod';
import { Rates, toRateRow } from '../cost-lines/fx-rate-bodies.ts';
import { NewRenormalisation } from '../ledger/renormalisation-bodies.ts';
import { NewCalibrationBody, NewLinkBody } from '../links/link-bodies.ts';
import { planCalibration } from '../links/plan-calibration.ts';
import { stepsDecided } from '../links/steps-decided.ts';
import { workItemDecided } from '../links/work-item-decided.ts';
import { AliasesBody } from '../settings/model-alias-bodies.ts';
import { MODEL_ALIASES, SELF_HOSTED_RATES } from '../settings/kept-books.ts';
import { PriceBookBody } from '../settings/price-book-bodies.ts';
import type { PriceBookRequest } from '../settings/price-book-request.ts';
import { planSetting, type NewVersion } from '../settings/record-version.ts';
import { RateBody } from '../settings/self-hosted-bodies.ts';
import { DefinitionBody, KeyMappingBody, PolicyBody } from '../settings/setting-bodies.ts';
import { SHIPPED_SETTINGS } from '../settings/shipped-settings.ts';

/** What a preview is asked of: the kind of change, and the body that the endpoint of the kind takes. */
export const PreviewBody = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('price_book'), body: PriceBookBody }),
    z.strictObject({ kind: z.literal('self_hosted_rate'), body: RateBody }),
    z.strictObject({ kind: z.literal('model_aliases'), body: AliasesBody }),
    z.strictObject({ kind: z.literal('fx_rates'), body: Rates }),
    z.strictObject({ kind: z.literal('definition'), body: DefinitionBody }),
    z.strictObject({ kind: z.literal('policy'), body: PolicyBody }),
    z.strictObject({ kind: z.literal('key_mapping'), body: KeyMappingBody }),
    z.strictObject({ kind: z.literal('link_calibration'), body: NewCalibrationBody }),
    z.strictObject({ kind: z.literal('link'), body: NewLinkBody }),
    z.strictObject({ kind: z.literal('renormalisation'), body: NewRenormalisation }),
  ])
  .meta({ id: 'NewPreview' });
export type PreviewBody = z.infer<typeof PreviewBody>;

/** The books that requests of these kinds are taken into. */
const SETTING_TABLES = {
  definition: 'definitions',
  policy: 'policies',
  key_mapping: 'key_mappings',
} as const;

/**
 * The rule a preview would record.
 *
 * @throws RejectedInput as the endpoint that records it would
 */
export async function ruleOf(
  client: Client,
  caller: Principal,
  asked: Exclude<PreviewBody, { kind: 'price_book' | 'renormalisation' }>,
  nowUs: bigint,
): Promise<PreviewRule> {
  switch (asked.kind) {
    case 'self_hosted_rate': {
      const { source, rate } = asked.body;
      return ruleOfPrices(client, caller, {
        book: SELF_HOSTED_RATES,
        source,
        mode: 'add',
        rows: [selfHostedRate(rate)],
      });
    }
    case 'model_aliases': {
      const { source, aliases } = asked.body;
      const rows = aliases.map(aliasRow);
      return ruleOfPrices(client, caller, { book: MODEL_ALIASES, source, mode: 'add', rows });
    }
    case 'fx_rates':
      return { type: 'fx_rates', rates: asked.body.rates.map(toRateRow).map(toStoredRate) };
    case 'link':
      return ruleOfLink(client, caller, asked.body, nowUs);
    case 'link_calibration':
      return ruleOfSetting(
        client,
        caller,
        'policies',
        await planCalibration(client, caller, asked.body, nowUs),
        nowUs,
      );
    default:
      return ruleOfSetting(client, caller, SETTING_TABLES[asked.kind], asked.body, nowUs);
  }
}

const toStoredRate = ({ toldAtUs, ...rate }: ReturnType<typeof toRateRow>) => ({
  ...rate,
  toldAtUs: toldAtUs === null ? null : toldAtUs.toString(),
});

/** A price list that was read and checked. */
export async function ruleOfPrices(
  client: Client,
  { tenantId }: Principal,
  list: Omit<PriceBookRequest, 'imported'> & { readonly rows: readonly DraftRow[] },
): Promise<PreviewRule> {
  const { book, source, mode, rows } = list;
  const taken = mode === 'add' ? 'add' : 'retrospective';
  const plan = await planPriceBook(client, { tenantId, book, rows, mode: { kind: taken } });
  return {
    type: 'prices',
    book,
    source,
    mode: taken,
    rows: [...rows],
    root: plan === null ? null : priceBookRoot(plan.rows).toString('base64'),
  };
}

async function ruleOfSetting(
  client: Client,
  caller: Principal,
  table: 'definitions' | 'policies' | 'key_mappings',
  body: NewVersion,
  nowUs: bigint,
): Promise<PreviewRule> {
  const shipped = SHIPPED_SETTINGS[table].map(({ name }) => name);
  const planned = await planSetting(client, caller, table, body, shipped, nowUs);
  return {
    type: 'setting',
    table,
    name: body.name,
    validFromUs: planned.validFromUs === null ? null : planned.validFromUs.toString(),
    rule: planned.rule,
    basedOn: planned.basedOn,
  };
}

async function ruleOfLink(
  client: Client,
  { tenantId }: Principal,
  body: NewLinkBody,
  nowUs: bigint,
): Promise<PreviewRule> {
  const workItemRef = toRef(body.workItem.kind, tenantId, body.workItem.key);
  await workItemDecided(client, tenantId, workItemRef, nowUs);
  const traces = await stepsDecided(client, tenantId, body);
  if (traces.length === 0) throw new RejectedInput('unprocessable', 'names no step');
  return {
    type: 'link',
    workItemRef,
    action: body.action,
    attemptId: body.attemptId ?? null,
    traces: traces.map(({ traceId, spanIds }) => ({
      traceId,
      spanIds: spanIds === null ? null : [...spanIds],
    })),
  };
}
