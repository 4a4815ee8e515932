import { accountClass, CHART_OF_ACCOUNTS, TRANSACTION_CODES } from '#ledger';
import { formatAmount, parseRef, RejectedInput, toRef } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot, listTransactions, readTrialBalance, type AccountBalance } from '#store';
import { Controller, Get, Inject, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pastBooks } from '../reports/past-books.ts';
import { BEGINNING, Day, END } from '../reports/report-query.ts';
import { PeriodName } from './period-views.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import {
  CursorUuid,
  decodeCursor,
  formatWireTime,
  Instant,
  LogSize,
  Money,
  PageSize,
  Time,
} from '../wire.ts';

const PastQuery = z.object({
  size: LogSize.optional().meta({ description: 'At this size of the evidence log' }),
  as_of: Instant.optional().meta({ description: 'At the newest settled size that was sealed by then' }),
});
const RangeQuery = PastQuery.extend({
  from: Day.optional().meta({ description: 'First UTC usage day' }),
  to: Day.optional().meta({ description: 'UTC usage day after the last one' }),
});
const TrialBalanceQuery = RangeQuery.extend({
  period: PeriodName.optional().meta({ description: 'A posting period; goes without from and to' }),
});
const TransactionQuery = PastQuery.extend({
  account: z
    .string()
    .min(4)
    .max(256)
    .optional()
    .meta({ description: 'With an entry on this account (5200:outcome), or on one of this class (5300)' }),
  period: PeriodName.optional().meta({ description: 'Posted to this month' }),
  kind: z.string().min(1).max(64).optional().meta({ description: 'With key: of one work item' }),
  key: z.string().min(1).max(256).optional(),
  trace: z
    .string()
    .regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits')
    .optional(),
  code: z.string().max(16).optional(),
  cause: z.string().max(512).optional(),
  cursor: z.string().optional(),
  limit: PageSize,
});

/** Up to where the log covers an answer; null = it is of the books as they stand. */
const AtSize = z.int().nullable().meta({ description: 'Size of the log it is read at; null: as it stands' });

const Cursor = z.tuple([z.string().regex(/^[0-9a-f]{32}$/), CursorUuid]);
const readCursor = (cursor: string) => {
  const [postingId, transactionId] = decodeCursor(cursor, Cursor);
  return { postingId, transactionId };
};

const Balance = z.object({
  account: z.string(),
  meaning: z.string(),
  currency: z.string(),
  debit: Money,
  credit: Money,
  balance: Money.meta({ description: 'debit - credit' }),
  entries: z.int(),
});
const Accounts = z
  .object({
    size: AtSize,
    items: z.array(Balance),
    chart: z
      .array(
        z.object({
          number: z.string(),
          name: z.string(),
          normalSide: z.enum(['debit', 'credit']),
          meaning: z.string(),
        }),
      )
      .meta({ description: 'Every class of accounts there is' }),
    codes: z.array(z.object({ code: z.string(), meaning: z.string() })),
  })
  .meta({ id: 'LedgerAccounts' });
const TrialBalance = z
  .object({
    size: AtSize,
    period: z.object({
      from: z.string().nullable(),
      to: z.string().nullable(),
      posting: z.string().nullable(),
    }),
    accounts: z.array(Balance),
    totals: z.array(z.object({ currency: z.string(), debit: Money, credit: Money, isBalanced: z.boolean() })),
  })
  .meta({ id: 'TrialBalance' });
const Transactions = z
  .object({
    size: AtSize,
    items: z.array(
      z.object({
        transactionId: z.guid(),
        postingId: z.string(),
        code: z.string(),
        cause: z.string(),
        effectiveAt: Time,
        recordedAt: Time,
        period: z.string(),
        rules: z.string(),
        batchId: z.guid().meta({ description: 'Its ledger.batch leaf in the evidence log' }),
        entries: z.array(
          z.object({
            account: z.string(),
            currency: z.string(),
            amount: Money.meta({ description: '+ debit, - credit' }),
            spanId: z.string(),
            usageDay: z.string(),
            provider: z.string(),
            callModel: z.string(),
            attemptId: z.guid().nullable(),
            workItem: z.object({ kind: z.string(), key: z.string() }).nullable(),
            priceId: z.guid().nullable(),
          }),
        ),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'LedgerTransactions' });

@ApiTags('ledger')
@Controller('v1/ledger')
@RequireRole('analyst', 'auditor')
export class LedgerController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get('accounts')
  @SerializeOptions({ schema: Accounts })
  @ApiOperation({ summary: 'Every account with its balance, now or at a size of the log' })
  @ApiResponse({ status: 200, standardSchema: Accounts })
  async accounts(
    @Query({ schema: PastQuery }) past: z.infer<typeof PastQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Accounts>> {
    const { size, balances } = await this.balancesAt(tenantId, past, [BEGINNING, END], null);
    return {
      size,
      items: balances.map(toBalance),
      chart: [...CHART_OF_ACCOUNTS],
      codes: Object.entries(TRANSACTION_CODES).map(([code, meaning]) => ({ code, meaning })),
    };
  }

  @Get('trial-balance')
  @SerializeOptions({ schema: TrialBalance })
  @ApiOperation({ summary: 'Debits against credits of the usage days asked for' })
  @ApiResponse({ status: 200, standardSchema: TrialBalance })
  async trialBalance(
    @Query({ schema: TrialBalanceQuery }) { from, to, period, ...past }: z.infer<typeof TrialBalanceQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof TrialBalance>> {
    if (period !== undefined && (from !== undefined || to !== undefined))
      throw new RejectedInput('unprocessable', 'goes without from and to', 'period');
    const range = [from ?? BEGINNING, to ?? END] as const;
    const { size, balances } = await this.balancesAt(tenantId, past, range, period ?? null);
    const assets = [...new Set(balances.map(({ asset }) => asset))];
    return {
      size,
      period: { from: from ?? null, to: to ?? null, posting: period ?? null },
      accounts: balances.map(toBalance),
      totals: assets.map((asset) => {
        const ofAsset = balances.filter((balance) => balance.asset === asset);
        const debit = ofAsset.reduce((sum, balance) => sum + balance.debit, 0n);
        const credit = ofAsset.reduce((sum, balance) => sum + balance.credit, 0n);
        return {
          currency: asset.split('/')[0]!,
          debit: formatAmount(debit, asset),
          credit: formatAmount(credit, asset),
          isBalanced: debit === credit,
        };
      }),
    };
  }

  @Get('transactions')
  @SerializeOptions({ schema: Transactions })
  @ApiOperation({
    summary: 'Ledger transactions with their entries, by posting and transaction id',
    description:
      'Filters are combined; a transaction is shown whole, with its other entries. Pages follow each other by id: what ' +
      'is posted meanwhile moves none of them, and with a size the answer is the same for ever.',
  })
  @ApiResponse({ status: 200, standardSchema: Transactions })
  async transactions(
    @Query({ schema: TransactionQuery }) query: z.infer<typeof TransactionQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Transactions>> {
    const { trace, code, cause, account, period, kind, key, cursor } = query;
    if ((kind === undefined) !== (key === undefined))
      throw new RejectedInput(
        'unprocessable',
        'kind and key name one work item: give both',
        kind === undefined ? 'kind' : 'key',
      );
    const workItemRef = kind === undefined ? undefined : toRef(kind, tenantId, key!);
    const limit = pageSizeOf(this.api.limits, query.limit);
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const { size, found } = await inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const at = (await pastBooks(client, tenantId, query))?.size ?? null;
      const wanted = { traceId: trace, code, cause, account, period, workItemRef, size: at };
      const page = { ...wanted, after, limit: limit + 1 };
      return { size: at, found: await listTransactions(client, tenantId, page) };
    });
    const page = pageOf(found, limit, (last) => [last.postingId, last.transactionId]);
    return {
      size,
      items: page.rows.map(({ effectiveAtUs, recordedAtUs, entries, ...transaction }) => ({
        ...transaction,
        effectiveAt: formatWireTime(effectiveAtUs),
        recordedAt: formatWireTime(recordedAtUs),
        entries: entries.map(({ asset, amount, usageSpanId, workItemRef, ...entry }) => ({
          ...entry,
          currency: asset.split('/')[0]!,
          amount: formatAmount(amount, asset),
          spanId: usageSpanId,
          workItem:
            workItemRef === null
              ? null
              : { kind: parseRef(workItemRef).kind, key: parseRef(workItemRef).key },
        })),
      })),
      next: page.next,
    };
  }

  private balancesAt(
    tenantId: bigint,
    past: z.infer<typeof PastQuery>,
    [fromDay, toDay]: readonly [string, string],
    period: string | null,
  ): Promise<{ size: number | null; balances: AccountBalance[] }> {
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const size = (await pastBooks(client, tenantId, past))?.size ?? null;
      return {
        size,
        balances: await readTrialBalance(client, tenantId, fromDay, toDay, period, size),
      };
    });
  }
}

const toBalance = ({ account, asset, debit, credit, entries }: AccountBalance): z.infer<typeof Balance> => ({
  account,
  meaning: accountClass(account)?.meaning ?? 'other',
  currency: asset.split('/')[0]!,
  debit: formatAmount(debit, asset),
  credit: formatAmount(credit, asset),
  balance: formatAmount(debit - credit, asset),
  entries: Number(entries),
});
