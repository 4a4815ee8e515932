import { aliasRow, effectiveRows } from '#pricing';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, inTenantSnapshot, readBookRows, type PriceList } from '#store';
import { Body, Controller, Get, Inject, Post, Query, Res, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { MODEL_ALIASES } from './kept-books.ts';
import { AliasesBody } from './model-alias-bodies.ts';
import { BookVersionView } from './price-book-bodies.ts';
import { PreviewQuery } from '../previews/preview-kind.ts';
import { provePrices } from './prove-prices.ts';
import { recordBookVersion, toBookView } from './record-book-version.ts';

const AliasesAnswer = z
  .object({
    version: BookVersionView.nullable().meta({ description: 'null: all of this is declared already' }),
  })
  .meta({ id: 'ModelAliasesAnswer' });
const AliasView = z
  .object({
    priceId: z.guid(),
    version: z.int().meta({ description: 'Of the book of aliases, in which it was declared' }),
    name: z.string(),
    provider: z.string(),
    means: z.object({ provider: z.string().nullable(), model: z.string() }).nullable(),
    validFrom: z.string().nullable(),
    validTo: z.string().nullable(),
    isStanding: z
      .boolean()
      .meta({ description: 'false: a later version says something else, or takes it back' }),
  })
  .meta({ id: 'ModelAlias' });
const AliasList = z.object({ items: z.array(AliasView) }).meta({ id: 'ModelAliases' });

/** What the names of models mean where only the tenant knows: inference profiles, deployments, names of a proxy. */
@ApiTags('settings')
@Controller('v1/model-aliases')
export class ModelAliasesController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: AliasList })
  @ApiOperation({ summary: 'Model aliases, every version' })
  @ApiResponse({ status: 200, standardSchema: AliasList })
  async list(@Caller() { tenantId }: Principal): Promise<z.infer<typeof AliasList>> {
    const rows = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      readBookRows(client, tenantId, MODEL_ALIASES),
    );
    const standing = new Set(effectiveRows(rows));
    const items = rows
      .toSorted(
        (a, b) => compare(a.model, b.model) || compare(a.provider, b.provider) || a.version - b.version,
      )
      .map((row) => ({
        priceId: row.priceId,
        version: row.version,
        name: row.model,
        provider: row.provider,
        means: row.aliasOf ?? null,
        validFrom: row.validFrom,
        validTo: row.validTo,
        isStanding: standing.has(row),
      }));
    return { items };
  }

  @Post()
  @RequireRole('admin')
  @ApiOperation({
    summary: 'Say what model names mean',
    description:
      'A dated version of the book `model-aliases`: usage under these names is priced by the model they mean, also ' +
      'what came before, by correcting entries.',
  })
  @ApiResponse({ status: 201, standardSchema: AliasesAnswer })
  @ApiResponse({ status: 200, description: 'All of this is declared already', standardSchema: AliasesAnswer })
  async declare(
    @Body({ schema: AliasesBody }) body: z.infer<typeof AliasesBody>,
    @Query({ schema: PreviewQuery }) { previewId }: z.infer<typeof PreviewQuery>,
    @Caller() { tenantId, principalId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof AliasesAnswer>> {
    const { source, aliases } = body;
    const list: PriceList = {
      tenantId,
      book: MODEL_ALIASES,
      source,
      rows: aliases.map(aliasRow),
      mode: { kind: 'add' },
      createdBy: principalId,
      recordedAtUs: this.api.nowUs(),
    };
    const asked = { kind: 'model_aliases', body, previewId, list } as const;
    const version = await asTenant(this.api.db, tenantId, async (client) => {
      const shown = await provePrices(client, asked, list.recordedAtUs);
      return recordBookVersion(client, { ...list, preview: shown?.proof }, shown?.root ?? null);
    });
    void reply.status(version === null ? 200 : 201);
    if (version !== null) await this.api.wake('work-through-facts');
    return { version: version === null ? null : toBookView(version) };
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
