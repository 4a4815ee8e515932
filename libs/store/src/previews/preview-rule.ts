import { RENORMALISE_CAUSE } from '#ledger';
import { RejectedInput } from '#model';
import type { DraftRow } from '#pricing';
import { z } from 'zod';
import type { Client } from '../connection/database.ts';
import { recordFxRates } from '../fx/fx-rates.ts';
import { askToRenormalise } from '../facts/ask-to-renormalise.ts';
import { recordLinkDecision } from '../links/record-link-decision.ts';
import { recordPriceBook } from '../prices/record-price-book.ts';
import { recordSetting } from '../settings/record-setting.ts';

const traces = z.array(z.object({ traceId: z.string(), spanIds: z.array(z.string()).nullable() }));

/** What a preview would record, as it stands in `previews.rule`: checked by the API when it was asked for. */
export const previewRuleSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('prices'),
    book: z.string(),
    source: z.string(),
    mode: z.enum(['add', 'retrospective']),
    rows: z.array(z.custom<DraftRow>()),
    /** Base64 root of the rows it would record; null where the book says all of this already. */
    root: z.string().nullable(),
  }),
  z.object({
    type: z.literal('setting'),
    table: z.enum(['definitions', 'policies', 'key_mappings']),
    name: z.string(),
    /** Microseconds since the epoch, decimal; null = from the beginning. */
    validFromUs: z.string().nullable(),
    /** Canonical JSON text. */
    rule: z.string(),
    /** Newest version of the name when it was asked for; 0 = there was none. */
    basedOn: z.int(),
  }),
  z.object({
    type: z.literal('fx_rates'),
    rates: z.array(
      z.object({
        base: z.string(),
        quote: z.string(),
        day: z.string(),
        source: z.string(),
        rate: z.string(),
        /** Microseconds since the epoch, decimal. */
        toldAtUs: z.string().nullable(),
      }),
    ),
  }),
  z.object({
    type: z.literal('renormalise'),
    /** UTC days, `to` exclusive; null = no beginning, no end. */
    from: z.string().nullable(),
    to: z.string().nullable(),
    reason: z.string(),
    /** Version of the engine that was asked. */
    engine: z.string(),
  }),
  z.object({
    type: z.literal('link'),
    workItemRef: z.string(),
    action: z.enum(['link', 'unlink']),
    attemptId: z.string().nullable(),
    traces,
  }),
]);
export type PreviewRule = z.infer<typeof previewRuleSchema>;

/** Nobody ever sees them: they go with the transaction. */
const NO_LEAF = Buffer.alloc(0);

/**
 * Records the rule by the statements that record a real one, in a transaction that will be rolled back.
 *
 * @param by who asks, with the id the decision would have
 * @returns false where what stands says all of it already
 * @throws RejectedInput `conflict` where it can no longer be recorded
 */
export async function recordPreviewRule(
  client: Client,
  tenantId: bigint,
  rule: PreviewRule,
  by: { readonly principalId: string; readonly previewId: string; readonly atUs: bigint },
): Promise<boolean> {
  const { principalId, previewId, atUs } = by;
  switch (rule.type) {
    case 'prices': {
      const head = await recordPriceBook(client, {
        tenantId,
        book: rule.book,
        source: rule.source,
        rows: rule.rows,
        mode: { kind: rule.mode },
        createdBy: principalId,
        recordedAtUs: atUs,
      });
      return head !== null;
    }
    case 'fx_rates': {
      const rates = rule.rates.map(({ toldAtUs, ...rate }) => ({
        ...rate,
        toldAtUs: toldAtUs === null ? null : BigInt(toldAtUs),
      }));
      return (await recordFxRates(client, tenantId, { atUs, by: principalId, leaf: NO_LEAF }, rates)) > 0;
    }
    case 'setting': {
      const { version, isNew } = await recordSetting(client, tenantId, {
        table: rule.table,
        name: rule.name,
        validFromUs: rule.validFromUs === null ? null : BigInt(rule.validFromUs),
        rule: rule.rule,
        recordedAtUs: atUs,
        createdBy: principalId,
        leaf: () => NO_LEAF,
      });
      if (isNew && version !== rule.basedOn + 1)
        throw new RejectedInput('conflict', `${rule.name} has a newer version than the preview was asked of`);
      return isNew;
    }
    case 'renormalise': {
      const { type: _type, ...asked } = rule;
      const request = { ...asked, causeId: `${RENORMALISE_CAUSE}${previewId}`, principal: principalId };
      await askToRenormalise(client, tenantId, request, atUs);
      return true;
    }
    default:
      await recordLinkDecision(client, tenantId, {
        decisionId: previewId,
        workItemRef: rule.workItemRef,
        action: rule.action,
        traces: rule.traces,
        attemptId: rule.attemptId,
        reason: 'preview',
        salt: NO_LEAF,
        recordedAtUs: atUs,
        recordedBy: principalId,
        leaf: NO_LEAF,
      });
      return true;
  }
}
