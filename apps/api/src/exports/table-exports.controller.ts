import { Readable } from 'node:stream';
import { tableType } from '#files';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  insertExport,
  inTenantSnapshot,
  listTableExports,
  readReadableSizes,
  readSettledSize,
  readTableExport,
  type Client,
  type TableExportRow,
} from '#store';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Res,
  SerializeOptions,
  StreamableFile,
} from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { v7 as uuidByTime } from 'uuid';
import type { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pastBooks } from '../reports/past-books.ts';
import {
  TableExportBody,
  TableExportList,
  TableExportView,
  toTableExportView,
  toTableRequest,
} from './table-export-views.ts';
import { archiveChunks, checkReady } from './kept-archive.ts';

/** Large tables as files: written in the background, taken when they are ready. */
@ApiTags('reports')
@Controller('v1/exports/tables')
@RequireRole('analyst', 'auditor')
export class TableExportsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @HttpCode(202)
  @SerializeOptions({ schema: TableExportView })
  @ApiOperation({
    summary: 'Have a large table written to a file: the journal, FOCUS, work items',
    description:
      'Written in the background; ask for it until it is `ready`, then download it. The journal and FOCUS are read at a size ' +
      'of the log, so that the same request is the same bytes; work items as they stand when they are read.',
  })
  @ApiResponse({ status: 202, standardSchema: TableExportView })
  async add(
    @Body({ schema: TableExportBody }) body: z.infer<typeof TableExportBody>,
    @Caller() { tenantId, principalId, keyId }: Principal,
  ): Promise<z.infer<typeof TableExportView>> {
    const hasRange = body.kind !== 'journal' && body.from !== undefined && body.to !== undefined;
    if (hasRange && body.from! >= body.to!)
      throw new RejectedInput('unprocessable', 'must be after from', 'to');
    const exportId = uuidByTime();
    const asked = body.kind === 'work_items' ? undefined : body.size;
    const size = await inTenantSnapshot(this.api.db, tenantId, (client) => sizeOf(client, tenantId, asked));
    const made = await asTenant(this.api.db, tenantId, async (client) => {
      await insertExport(client, {
        tenantId,
        exportId,
        request: toTableRequest(body),
        size,
        requestedAtUs: this.api.nowUs(),
        requestedBy: principalId,
        keyId,
      });
      return readTableExport(client, tenantId, exportId);
    });
    await this.api.wake('build-exports');
    return toTableExportView(made!);
  }

  @Get()
  @SerializeOptions({ schema: TableExportList })
  @ApiOperation({ summary: 'The newest tables that were asked for' })
  @ApiResponse({ status: 200, standardSchema: TableExportList })
  async list(@Caller() { tenantId }: Principal): Promise<z.infer<typeof TableExportList>> {
    const rows = await asTenant(this.api.db, tenantId, (client) => listTableExports(client, tenantId));
    return { items: rows.map(toTableExportView) };
  }

  @Get(':exportId')
  @SerializeOptions({ schema: TableExportView })
  @ApiOperation({ summary: 'How far a table is' })
  @ApiResponse({ status: 200, standardSchema: TableExportView })
  async read(
    @Param('exportId', { schema: TableExportView.shape.exportId }) exportId: string,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof TableExportView>> {
    return toTableExportView(await this.one(tenantId, exportId));
  }

  @Get(':exportId/file')
  @ApiOperation({ summary: 'The file, with its length and SHA-256 (`Repr-Digest`, RFC 9530)' })
  @ApiProduces('text/csv', 'application/x-ndjson', 'application/vnd.apache.parquet')
  @ApiResponse({ status: 200 })
  async download(
    @Param('exportId', { schema: TableExportView.shape.exportId }) exportId: string,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const row = await this.one(tenantId, exportId);
    checkReady(row);
    const { kind, format } = row.request;
    void reply
      .header('repr-digest', `sha-256=:${row.archiveHash!.toString('base64')}:`)
      .header('cache-control', 'private, no-store');
    return new StreamableFile(Readable.from(archiveChunks(this.api.db, row)), {
      type: tableType({ format }),
      length: row.archiveBytes!,
      disposition: `attachment; filename="${kind.replace('_', '-')}-${exportId}.${format}"`,
    });
  }

  private async one(tenantId: bigint, exportId: string): Promise<TableExportRow> {
    const row = await asTenant(this.api.db, tenantId, (client) =>
      readTableExport(client, tenantId, exportId),
    );
    if (row === null) throw new RejectedInput('not_found', `there is no table ${exportId}`);
    return row;
  }
}

/** The settled size that was asked for; else the newest one, 0 where nothing was sealed yet. */
async function sizeOf(client: Client, tenantId: bigint, asked: number | undefined): Promise<number> {
  if (asked !== undefined) return (await pastBooks(client, tenantId, { size: asked }))!.size;
  return readSettledSize(client, tenantId, (await readReadableSizes(client, tenantId)).toSize);
}
