import { diffBooks } from '#pricing';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, planPriceBook, priceBookRoot, type PriceBookPlan, type PriceList } from '#store';
import { Controller, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { Json } from '../wire.ts';
import { BookAnswer, PriceBookQuery } from './price-book-bodies.ts';
import { readPriceBookRequest, toPreviewed } from './price-book-request.ts';
import { countDifferences, toDifferenceView } from './price-diff-view.ts';
import { expectedRootOf, provePrices } from './prove-prices.ts';
import { recordBookVersion, toBookView } from './record-book-version.ts';

const Notes = z.array(Json);

/** A price list is looked at first (`dryRun`), then recorded, by its root if nothing else may be. */
@ApiTags('settings')
@Controller('v1/price-books')
@RequireRole('admin')
export class PriceBookImportsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @ApiOperation({
    summary: 'Add prices: rows, a LiteLLM map, a genai-prices or models.dev catalogue, or CSV',
    description:
      'CSV (text/csv) names book and source in the query; its columns are provider, model, valid_from, valid_to, ' +
      'currency, service_tier, match, above_tokens, and prices such as input_per_million, cache_read_per_million, ' +
      'output_per_million, per_request. Usage that had no price, or another one, is re-priced by correcting entries. ' +
      'With dryRun=true it answers with the difference to what stands and records nothing; the root of that answer, ' +
      'given with the request that records, makes sure that just this is recorded.',
  })
  @ApiConsumes('application/json', 'text/csv')
  @ApiBody({ schema: { $ref: '#/components/schemas/NewPriceBookVersion' } })
  @ApiResponse({ status: 201, standardSchema: BookAnswer })
  @ApiResponse({ status: 200, description: 'The book says all of this already', standardSchema: BookAnswer })
  async add(
    @Req() request: FastifyRequest,
    @Query({ schema: PriceBookQuery }) query: z.infer<typeof PriceBookQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof BookAnswer>> {
    const { book, source, mode, imported } = await readPriceBookRequest(
      request.body,
      query,
      this.api.limits.bodyBytes,
    );
    const list: PriceList = {
      tenantId: caller.tenantId,
      book,
      source,
      rows: imported.rows,
      mode: { kind: mode === 'add' ? 'add' : 'retrospective' },
      createdBy: caller.principalId,
      recordedAtUs: this.api.nowUs(),
    };
    const notes = { snapped: Notes.parse(imported.snapped), refused: Notes.parse(imported.refused) };
    if (query.dryRun) {
      const plan = await asTenant(this.api.db, caller.tenantId, (client) => planPriceBook(client, list));
      void reply.status(200);
      return { version: null, preview: plan === null ? null : this.previewOf(plan), ...notes };
    }
    const asked = {
      kind: 'price_book',
      body: toPreviewed(list, mode),
      previewId: query.previewId,
      list,
    } as const;
    const version = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const shown = await provePrices(client, asked, list.recordedAtUs);
      const root = expectedRootOf(shown?.root ?? null, query.root);
      return recordBookVersion(client, { ...list, preview: shown?.proof }, root);
    });
    void reply.status(version === null ? 200 : 201);
    if (version !== null) await this.api.wake('work-through-facts');
    return { version: version === null ? null : toBookView(version), preview: null, ...notes };
  }

  private previewOf({ version, rows, standing }: PriceBookPlan) {
    const changes = diffBooks(standing, [...standing, ...rows]);
    return {
      version,
      rowCount: rows.length,
      root: priceBookRoot(rows).toString('base64'),
      counts: countDifferences(changes),
      differences: changes.slice(0, this.api.limits.pageSizeMaximum).map(toDifferenceView),
    };
  }
}
