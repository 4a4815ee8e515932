import { z } from 'zod';
import { Json, Money, Time } from '../wire.ts';

export const PeriodName = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month, as 2026-10')
  .meta({ description: 'A month, as 2026-10' });

export const PeriodView = z
  .object({
    period: z.string(),
    state: z.enum(['closing', 'closed']),
    requestedAt: Time,
    requestedBy: z.guid(),
    closedAt: Time.nullable(),
    size: z.int().nullable().meta({ description: 'Settled size of the log that holds all its postings' }),
    root: z.base64().nullable(),
    trialBalance: Json.meta({
      description: 'By account and asset, in its smallest units: opening, debit, credit, closing',
    }),
    rules: Json.meta({ description: 'Versions of rules and price books at that size' }),
    revisions: z.int().nullable().meta({ description: 'Traces with a revision at that size' }),
    revisionsRoot: z.base64().nullable().meta({
      description: 'RFC 6962 root over (trace, newest revision, its leaf) of every trace, sorted by trace',
    }),
  })
  .meta({ id: 'Period' });
export const PeriodList = z.object({ items: z.array(PeriodView) }).meta({ id: 'Periods' });

export const BridgeView = z
  .object({
    period: z.string(),
    currencies: z.array(
      z.object({
        currency: z.string(),
        openingWorkInProgress: Money,
        charges: Money.meta({ description: 'For usage of the month' }),
        adjustments: Money.meta({ description: 'For usage of other months, posted in this one' }),
        closingWorkInProgress: Money,
        unattributed: Money,
        overhead: Money,
        writtenOff: Money,
        variance: Money,
        settled: Money.meta({ description: 'Cost of items settled, net of what was reopened' }),
        settledByAccount: z.array(z.object({ account: z.string(), amount: Money })),
      }),
    ),
  })
  .meta({ id: 'PeriodBridge' });

export const ChangesView = z
  .object({
    period: z.string(),
    accounts: z.array(
      z.object({
        account: z.string(),
        currency: z.string(),
        reported: Money,
        changes: z.array(z.object({ code: z.string(), amount: Money })),
        restated: Money.meta({ description: 'reported + changes' }),
      }),
    ),
  })
  .meta({ id: 'PeriodChanges' });
