import { Readable } from 'node:stream';
import { RejectedInput } from '#model';
import type { ImportedPrices } from '#pricing';
import { Caller, LOGGER, RequireRole, type Principal, type ProcessLogger } from '#server';
import {
  asTenant,
  inTenantSnapshot,
  readBookRows,
  readPriceBooks,
  recordPriceBook,
  type PriceBookVersion,
} from '#store';
import { Controller, Get, Inject, Param, Post, Query, Req, Res, SerializeOptions } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { CursorUuid, decodeCursor, encodeCursor, formatWireTime, PageSize, Json } from '../wire.ts';
import {
  BookAnswer,
  BookList,
  BookRows,
  BookVersionView,
  PriceBookBody,
  PriceCsvQuery,
  readBody,
  readCsv,
} from './price-book-bodies.ts';

const RowsQuery = z.object({
  owner: z.enum(['tenant', 'shipped']).optional(),
  cursor: z.string().optional(),
  limit: PageSize,
});
const Version = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
  .transform(Number);
const Rows = z.array(Json);

/** Prices are dated rows; a correction is a row of a newer version, and re-prices by correcting entries. */
@ApiTags('settings')
@Controller('v1/price-books')
export class PriceBooksController {
  constructor(
    @Inject(API_CONTEXT) private readonly api: ApiContext,
    @Inject(LOGGER) private readonly logger: ProcessLogger,
  ) {}

  @Get()
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: BookList })
  @ApiOperation({ summary: 'Price books, every version; the shipped ones too' })
  @ApiResponse({ status: 200, standardSchema: BookList })
  async list(@Caller() { tenantId }: Principal): Promise<z.infer<typeof BookList>> {
    const books = await asTenant(this.api.db, tenantId, (client) => readPriceBooks(client, tenantId));
    return { items: books.map(toBookView) };
  }

  @Get(':book/versions/:version')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: BookRows })
  @ApiOperation({ summary: 'The rows a version of a price book changed' })
  @ApiResponse({ status: 200, standardSchema: BookRows })
  async rows(
    @Param('book') book: string,
    @Param('version', { schema: Version }) version: number,
    @Query({ schema: RowsQuery }) query: z.infer<typeof RowsQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof BookRows>> {
    const limit = Math.min(query.limit ?? this.api.limits.pageSizeMaximum, this.api.limits.pageSizeMaximum);
    const after = query.cursor === undefined ? '' : decodeCursor(query.cursor, z.tuple([CursorUuid]))[0];
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const owners = query.owner === undefined ? [tenantId, 0n] : [query.owner === 'shipped' ? 0n : tenantId];
      const heads = (await readPriceBooks(client, tenantId)).filter(
        (head) => head.book === book && head.version === version && owners.includes(head.tenantId),
      );
      const head = heads.find((each) => each.tenantId === tenantId) ?? heads[0];
      if (head === undefined)
        throw new RejectedInput('not_found', `there is no version ${version} of a price book ${book}`);
      const all = await readBookRows(client, head.tenantId, book, version);
      const rows = all.filter((row) => row.version === version && row.priceId > after);
      const page = rows.slice(0, limit);
      return {
        ...toBookView(head),
        rows: Rows.parse(page),
        next: rows.length > limit ? encodeCursor([page.at(-1)!.priceId]) : null,
      };
    });
  }

  @Post()
  @RequireRole('admin')
  @ApiOperation({
    summary: 'Add prices: rows, a LiteLLM map, a genai-prices catalogue, or CSV',
    description:
      'CSV (text/csv) names book and source in the query; its columns are provider, model, valid_from, valid_to, ' +
      'currency, service_tier, match, above_tokens, and prices such as input_per_million, cache_read_per_million, ' +
      'output_per_million, per_request. Usage that had no price, or another one, is re-priced by correcting entries.',
  })
  @ApiConsumes('application/json', 'text/csv')
  @ApiBody({ schema: { $ref: '#/components/schemas/NewPriceBookVersion' } })
  @ApiResponse({ status: 201, standardSchema: BookAnswer })
  @ApiResponse({ status: 200, description: 'The book says all of this already', standardSchema: BookAnswer })
  async add(
    @Req() request: FastifyRequest,
    @Query({ schema: PriceCsvQuery }) query: z.infer<typeof PriceCsvQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof BookAnswer>> {
    const { book, source, mode, imported } = await readRequest(
      request.body,
      query,
      this.api.limits.bodyBytes,
    );
    const head = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const recorded = await recordPriceBook(client, {
        tenantId: caller.tenantId,
        book,
        source,
        rows: imported.rows,
        mode: { kind: mode === 'add' ? 'add' : 'retrospective' },
        createdBy: caller.principalId,
        recordedAtUs: this.api.nowUs(),
      });
      if (recorded === null) return null;
      const books = await readPriceBooks(client, caller.tenantId);
      return books.find(
        (each) =>
          each.tenantId === caller.tenantId && each.book === book && each.version === recorded.version,
      )!;
    });
    void reply.status(head === null ? 200 : 201);
    if (head !== null) await this.wakeWorker();
    return {
      version: head === null ? null : toBookView(head),
      snapped: Rows.parse(imported.snapped),
      refused: Rows.parse(imported.refused),
    };
  }

  private async wakeWorker(): Promise<void> {
    await this.api.wake('work-through-facts').catch((error: unknown) => {
      this.logger.warn('the worker could not be woken; it will find the fact by its schedule', { error });
    });
  }
}

async function readRequest(
  body: unknown,
  query: z.infer<typeof PriceCsvQuery>,
  maxBytes: number,
): Promise<{ book: string; source: string; mode: 'add' | 'replace'; imported: ImportedPrices }> {
  if (body instanceof Readable) {
    const { book, source, mode } = query;
    if (book === undefined) throw new RejectedInput('invalid', 'names the price book of a CSV body', 'book');
    return { book, source: source ?? 'CSV', mode, imported: readCsv(await readText(body, maxBytes)) };
  }
  const parsed = PriceBookBody.parse(body);
  return { book: parsed.book, source: parsed.source, mode: parsed.mode, imported: readBody(parsed) };
}

async function readText(body: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += buffer.length;
    if (bytes > maxBytes) throw new RejectedInput('too_large', `a price list has at most ${maxBytes} bytes`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString();
}

const toBookView = (book: PriceBookVersion): z.infer<typeof BookVersionView> => ({
  book: book.book,
  version: book.version,
  isShipped: book.tenantId === 0n,
  source: book.source,
  rowCount: book.rowCount,
  root: book.root.toString('base64'),
  createdAt: formatWireTime(book.createdAtUs),
  createdBy: book.createdBy,
});
