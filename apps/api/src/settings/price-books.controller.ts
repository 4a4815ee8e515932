import { diffBooks } from '#pricing';
import { Caller, RequireRole, type Principal } from '#server';
import { RejectedInput } from '#model';
import { asTenant, inTenantSnapshot, readBookRows, readPriceBooks } from '#store';
import { Controller, Get, Inject, Param, Query, Res, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pageOf } from '../page.ts';
import { CursorUuid, decodeCursor, encodeCursor, PageSize, Json } from '../wire.ts';
import { BookDifference, BookList, BookRows } from './price-book-bodies.ts';
import { countDifferences, differencesCsv, toDifferenceView } from './price-diff-view.ts';
import { CursorPlace, DiffQuery, findBook, readTwoVersions } from './read-book-versions.ts';
import { toBookView } from './record-book-version.ts';

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
@RequireRole('analyst', 'auditor')
export class PriceBooksController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @SerializeOptions({ schema: BookList })
  @ApiOperation({ summary: 'Price books, every version; the shipped ones too' })
  @ApiResponse({ status: 200, standardSchema: BookList })
  async list(@Caller() { tenantId }: Principal): Promise<z.infer<typeof BookList>> {
    const books = await asTenant(this.api.db, tenantId, (client) => readPriceBooks(client, tenantId));
    return { items: books.map(toBookView) };
  }

  @Get(':book/versions/:version')
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
      const heads = await readPriceBooks(client, tenantId);
      const head = findBook(heads, tenantId, { book, owner: query.owner, version });
      if (head === undefined)
        throw new RejectedInput('not_found', `there is no version ${version} of a price book ${book}`);
      const all = await readBookRows(client, head.tenantId, book, version);
      const rows = all.filter((row) => row.version === version && row.priceId > after);
      const page = pageOf(rows, limit, ({ priceId }) => [priceId]);
      return { ...toBookView(head), rows: Rows.parse(page.rows), next: page.next };
    });
  }

  @Get(':book/diff')
  @ApiOperation({ summary: 'What differs between two versions of a price book' })
  @ApiProduces('application/json', 'text/csv')
  @ApiResponse({ status: 200, standardSchema: BookDifference })
  async diff(
    @Param('book') book: string,
    @Query({ schema: DiffQuery }) query: z.infer<typeof DiffQuery>,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof BookDifference> | string> {
    const limit = Math.min(query.limit ?? this.api.limits.pageSizeMaximum, this.api.limits.pageSizeMaximum);
    const skip = query.cursor === undefined ? 0 : decodeCursor(query.cursor, z.tuple([CursorPlace]))[0];
    const { head, from, to, before, after } = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      readTwoVersions(client, tenantId, { book, ...query }),
    );
    const changes = diffBooks(before, after);
    if (query.format === 'csv') {
      void reply.type('text/csv; charset=utf-8');
      return differencesCsv(changes);
    }
    return {
      book,
      isShipped: head.tenantId === 0n,
      from,
      to,
      counts: countDifferences(changes),
      differences: changes.slice(skip, skip + limit).map(toDifferenceView),
      next: skip + limit < changes.length ? encodeCursor([String(skip + limit)]) : null,
    };
  }
}
