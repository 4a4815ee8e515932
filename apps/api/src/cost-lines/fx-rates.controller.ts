import { canonicalJson, encodeLeaf, merkleRoot } from '#evidence';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, listFxRates, type PreviewProof } from '#store';
import { Body, Controller, Get, Inject, Post, Query, Res, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { previewDigest, PreviewQuery } from '../previews/preview-kind.ts';
import { provePreview } from '../previews/prove-preview.ts';
import { currency, Rates, toRateRow } from './fx-rate-bodies.ts';
import { tellFxRates } from './tell-fx-rates.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { decodeCursor, formatWireTime, PageSize, Time } from '../wire.ts';

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
    @Body({ schema: Rates }) body: z.infer<typeof Rates>,
    @Query({ schema: PreviewQuery }) { previewId }: z.infer<typeof PreviewQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof Answer>> {
    const atUs = this.api.nowUs();
    const rows = body.rates.map(toRateRow);
    const change = {
      kind: 'fx_rates',
      digest: previewDigest('fx_rates', body),
      previewId,
      needsApproval: false,
    } as const;
    const leafOf = (preview: PreviewProof | undefined): Buffer =>
      encodeLeaf('fx.rate', atUs, {
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
        preview,
      });
    const stored = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const shown = await provePreview(client, caller.tenantId, change, atUs);
      const by = { atUs, by: caller.principalId, leaf: leafOf(shown?.proof) };
      return tellFxRates(client, caller.tenantId, by, rows);
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
    const limit = pageSizeOf(this.api.limits, asked);
    const after = cursor === undefined ? undefined : decodeCursor(cursor, Cursor);
    const rows = await asTenant(this.api.db, tenantId, (client) =>
      listFxRates(client, tenantId, { base, quote, after, limit: limit + 1 }),
    );
    const page = pageOf(rows, limit, (last) => [
      last.base,
      last.quote,
      last.day,
      last.source,
      String(last.version),
    ]);
    return {
      items: page.rows.map(({ toldAtUs, createdAtUs, ...row }) => ({
        ...row,
        toldAt: toldAtUs === null ? null : formatWireTime(toldAtUs),
        createdAt: formatWireTime(createdAtUs),
      })),
      next: page.next,
    };
  }
}
