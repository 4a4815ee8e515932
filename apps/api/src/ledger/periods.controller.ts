import { endDayOf, monthAfter, periodBridge, type PeriodBridge } from '#ledger';
import { formatPico, RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  beginClose,
  inTenantSnapshot,
  readPeriodBalances,
  readPeriodDifferences,
  readPeriods,
  readPeriodState,
  stopPosting,
  type Client,
  type PeriodRow,
} from '#store';
import { Controller, Get, HttpCode, Inject, Param, Post, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { formatWireTime, Json } from '../wire.ts';
import { BridgeView, ChangesView, PeriodList, PeriodView, PeriodName } from './period-views.ts';

/** Months of the books: closing them, and how each came to what it is. */
@ApiTags('ledger')
@Controller('v1/periods')
export class PeriodsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @RequireRole('analyst', 'auditor', 'approver')
  @SerializeOptions({ schema: PeriodList })
  @ApiOperation({ summary: 'Months that are closed or being closed, the newest first' })
  @ApiResponse({ status: 200, standardSchema: PeriodList })
  async list(@Caller() { tenantId }: Principal): Promise<z.infer<typeof PeriodList>> {
    const periods = await inTenantSnapshot(this.api.db, tenantId, (client) => readPeriods(client, tenantId));
    return { items: periods.map(toView) };
  }

  @Post(':period/close')
  @HttpCode(202)
  @RequireRole('approver', 'admin')
  @SerializeOptions({ schema: PeriodView })
  @ApiOperation({
    summary: 'Close a month',
    description:
      'From the answer on nothing is posted to the month; what still takes effect in it goes to the next one. The ' +
      'month is closed once its last postings are sealed and signed, usually within two seconds. Asking again answers ' +
      'the same.',
  })
  @ApiResponse({ status: 202, standardSchema: PeriodView })
  async close(
    @Param('period', { schema: PeriodName }) period: string,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof PeriodView>> {
    const nowUs = this.api.nowUs();
    return asTenant(this.api.db, caller.tenantId, async (client) => {
      await stopPosting(client, caller.tenantId);
      const standing = (await readPeriods(client, caller.tenantId)).find((each) => each.period === period);
      if (standing !== undefined) return toView(standing);
      await checkClosable(client, caller.tenantId, period, nowUs);
      await beginClose(client, caller.tenantId, {
        period,
        requestedAtUs: nowUs,
        requestedBy: caller.principalId,
        keyId: caller.keyId,
      });
      return toView((await readPeriods(client, caller.tenantId)).find((each) => each.period === period)!);
    });
  }

  @Get(':period/bridge')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: BridgeView })
  @ApiOperation({
    summary: 'From the work in progress at the beginning of a month to that at its end',
    description:
      'opening + charges + adjustments - closing - unattributed - overhead - written off - variance = settled, ' +
      'exactly. By posting period: what came late about earlier months stands under adjustments.',
  })
  @ApiResponse({ status: 200, standardSchema: BridgeView })
  async bridge(
    @Param('period', { schema: PeriodName }) period: string,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof BridgeView>> {
    const balances = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      readPeriodBalances(client, tenantId, period),
    );
    const moved = balances.map((each) => ({ ...each, moved: each.debit - each.credit }));
    return { period, currencies: periodBridge(moved).map(toBridge) };
  }

  @Get(':period/changes')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: ChangesView })
  @ApiOperation({
    summary: 'A month as it was reported against as it is restated now',
    description:
      'By account: what was posted to the month itself, what took effect in it but was posted after its close, by ' +
      'transaction code, and the sum of both.',
  })
  @ApiResponse({ status: 200, standardSchema: ChangesView })
  async changes(
    @Param('period', { schema: PeriodName }) period: string,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof ChangesView>> {
    const differences = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      readPeriodDifferences(client, tenantId, period),
    );
    const keys = [...new Set(differences.map(({ asset, account }) => `${asset}\n${account}`))];
    return {
      period,
      accounts: keys.map((key) => {
        const of = differences.filter(({ asset, account }) => `${asset}\n${account}` === key);
        const reported = of.find(({ code }) => code === null)?.amount ?? 0n;
        const later = of.filter(({ code }) => code !== null);
        return {
          account: of[0]!.account,
          currency: currencyOf(of[0]!.asset),
          reported: formatPico(reported),
          changes: later.map(({ code, amount }) => ({ code: code!, amount: formatPico(amount) })),
          restated: formatPico(later.reduce((sum, { amount }) => sum + amount, reported)),
        };
      }),
    };
  }
}

/** @throws RejectedInput `conflict` that says what stands against it */
async function checkClosable(client: Client, tenantId: bigint, period: string, nowUs: bigint): Promise<void> {
  const refuse = (message: string): never => {
    throw new RejectedInput('conflict', message, 'period');
  };
  const endDay = endDayOf(period);
  if (BigInt(Date.parse(endDay)) * 1000n > nowUs) refuse(`the month is not over before ${endDay}`);
  const state = await readPeriodState(client, tenantId, endDay);
  const newest = (await readPeriods(client, tenantId))[0]?.period ?? null;
  const next = newest === null ? state.firstPeriod : monthAfter(newest);
  if (next !== null && next !== period) refuse(`months are closed in order: the next one is ${next}`);
  if (state.openCauses > 0)
    refuse(`the books are not settled: ${state.openCauses} rules are being worked through (GET /v1/causes)`);
  if (state.waitingFacts > 0) refuse(`the books are not settled: ${state.waitingFacts} facts wait`);
  if (state.dueTraces > 0) refuse(`${state.dueTraces} traces that began by then are still to be worked`);
}

const currencyOf = (asset: string): string => asset.split('/')[0]!;
const time = (us: bigint | null): string | null => (us === null ? null : formatWireTime(us));

const toView = (row: PeriodRow): z.infer<typeof PeriodView> => ({
  period: row.period,
  state: row.closedAtUs === null ? 'closing' : 'closed',
  requestedAt: formatWireTime(row.requestedAtUs),
  requestedBy: row.requestedBy,
  closedAt: time(row.closedAtUs),
  size: row.size,
  root: row.root?.toString('base64') ?? null,
  trialBalance: Json.parse(row.trialBalance),
  rules: Json.parse(row.rules),
  revisions: row.revisions,
  revisionsRoot: row.revisionsRoot?.toString('base64') ?? null,
});

const toBridge = (bridge: PeriodBridge) => ({
  currency: currencyOf(bridge.asset),
  openingWorkInProgress: formatPico(bridge.openingWorkInProgress),
  charges: formatPico(bridge.charges),
  adjustments: formatPico(bridge.adjustments),
  closingWorkInProgress: formatPico(bridge.closingWorkInProgress),
  unattributed: formatPico(bridge.unattributed),
  overhead: formatPico(bridge.overhead),
  writtenOff: formatPico(bridge.writtenOff),
  variance: formatPico(bridge.variance),
  settled: formatPico(bridge.settled),
  settledByAccount: [...bridge.settledByAccount].map(([account, amount]) => ({
    account,
    amount: formatPico(amount),
  })),
});
