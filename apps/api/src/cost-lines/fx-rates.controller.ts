import { canonicalJson, encodeLeaf, merkleRoot } from '#evidence';
import { parseRate } from '#ledger';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, listFxRates, recordFxRates, touchForeignBills } from '#store';
import { Body, Controller, Get, Inject, Post, Query, Res, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { Day } from '../reports/report-query.ts';
import { decodeCursor, encodeCursor, formatWireTime, Instant, PageSize, Time } from '../wire.ts';

const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, as "USD"');
const RateBody = z
  .strictObject({
    base: currency,
    quote: currency,
    rate: z
      .string()
      .refine((text) => parseRate(text) !== null, 'must be a positive decimal string, as "1.0842"')
      .meta({ description: 'Units of quote for one of base, exactly' }),
    day: Day.meta({ description: 'UTC day from which it is the rate' }),
    source: z.string().trim().min(1).max(200),
    toldAt: Instant.nullish(),
  })
  .refine(({ base, quote }) => base !== quote, { message: 'is the base itself', path: ['quote'] })
  .meta({ id: 'NewFxRate' });
const Rates = z.strictObject({ rates: z.array(RateBody).min(1).max(1000) }).meta({ id: 'NewFxRates' });
const Answer = z.object({ stored: z.int(), known: z.int() }).meta({ id: 'FxRatesAnswer' });
const View = z
  .object({
    base: z.string(),
    quote: z.string(),
    rate: z.string(),
    day: z.string(),
    source: z.string(),
    version: z.int(),
    toldAt: Time.nullable(),
    createdAt: Time,
    createdBy: z.guid(),
  })
  .meta({ id: 'FxRate' });
const Page = z.object({ items: z.array(View), next: z.string().nullable() }).meta({ id: 'FxRatePage' });
const RateQuery = z.object({
  base: currency.optional(),
  quote: currency.optional(),
  cursor: z.string().optional(),
  limit: PageSize,
});
const Cursor = z.tuple([z.string(), z.string(), z.string(), z.string(), z.coerce.number().int()]);

/** Dated exchange rates: facts of a source, never changed, only followed by a newer version. */
@ApiTags('settings')
@Controller('v1/fx-rates')
export class FxRatesController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @RequireRole('admin')
  @ApiOperation({ summary: 'Tell exchange rates; the policy `fx` says which of them a report uses' })
  @ApiResponse({ status: 201, description: 'Stored', standardSchema: Answer })
  @ApiResponse({ status: 200, description: 'All of them were known', standardSchema: Answer })
  async tell(
    @Body({ schema: Rates }) { rates }: z.infer<typeof Rates>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof Answer>> {
    const atUs = this.api.nowUs();
    const rows = rates.map(({ toldAt, ...rate }) => ({ ...rate, toldAtUs: toldAt ?? null }));
    const leaf = encodeLeaf('fx.rate', atUs, {
      rates: {
        count: rows.length,
        root: merkleRoot(
          rows.map(({ toldAtUs, ...rate }) =>
            Buffer.from(
              canonicalJson({ ...rate, toldAt: toldAtUs === null ? null : formatWireTime(toldAtUs) }),
            ),
          ),
        ).toString('base64'),
      },
      key: caller.keyId,
      bootstrap: caller.isBootstrap ? true : undefined,
    });
    const stored = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const by = { atUs, by: caller.principalId, leaf };
      const made = await recordFxRates(client, caller.tenantId, by, rows);
      const currencies = [...new Set(rows.flatMap(({ base, quote }) => [base, quote]))];
      if (made > 0) await touchForeignBills(client, caller.tenantId, currencies, 'fx rates');
      return made;
    });
    void reply.status(stored > 0 ? 201 : 200);
    return { stored, known: rows.length - stored };
  }

  @Get()
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: Page })
  @ApiOperation({ summary: 'Exchange rates, every version, by pair and day' })
  @ApiResponse({ status: 200, standardSchema: Page })
  async list(
    @Query({ schema: RateQuery }) { base, quote, cursor, limit: asked }: z.infer<typeof RateQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Page>> {
    const limit = Math.min(asked ?? this.api.limits.pageSize, this.api.limits.pageSizeMaximum);
    const after = cursor === undefined ? undefined : decodeCursor(cursor, Cursor);
    const rows = await asTenant(this.api.db, tenantId, (client) =>
      listFxRates(client, tenantId, { base, quote, after, limit: limit + 1 }),
    );
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map(({ toldAtUs, createdAtUs, ...row }) => ({
        ...row,
        toldAt: toldAtUs === null ? null : formatWireTime(toldAtUs),
        createdAt: formatWireTime(createdAtUs),
      })),
      next:
        last === undefined
          ? null
          : encodeCursor([last.base, last.quote, last.day, last.source, String(last.version)]),
    };
  }
}
