import { Readable } from 'node:stream';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  insertExport,
  listExports,
  nameOf,
  readExport,
  readReadableSizes,
  readSettledSize,
  readSignedSizeUpTo,
  refOfTrail,
  usFromTimestamp,
  type Client,
  type ExportRow,
  type ExportScope,
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
import { openContent } from '../access/open-content.ts';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pastBooks } from '../reports/past-books.ts';
import { ExportBody, ExportList, ExportView, toExportView } from './export-views.ts';
import { archiveChunks, checkReady } from './kept-archive.ts';

/** Evidence bundles: what an auditor takes away and checks without us. */
@ApiTags('evidence')
@Controller('v1/exports')
@RequireRole('auditor')
export class ExportsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @HttpCode(202)
  @SerializeOptions({ schema: ExportView })
  @ApiOperation({
    summary: 'Have an evidence bundle made, of work items, a month or the tenant, at a size of the log',
    description:
      'Made in the background; ask for it until it is `ready`, then download it. The same request and size give the same ' +
      'bytes. With `content` what was received is opened, which needs a grant (POST /v1/grants) and stands in the access log.',
  })
  @ApiResponse({ status: 202, standardSchema: ExportView })
  async add(
    @Body({ schema: ExportBody }) body: z.infer<typeof ExportBody>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof ExportView>> {
    if (body.size !== undefined && body.asOf !== undefined)
      throw new RejectedInput('invalid', 'cannot be given together with size', 'asOf');
    const { tenantId } = caller;
    const { scope, size } = await asTenant(this.api.db, tenantId, async (client) => ({
      scope: await canonicalScope(client, tenantId, body.scope),
      size: await this.sizeOf(client, tenantId, body),
    }));
    if (body.since !== undefined && body.since > size)
      throw new RejectedInput('unprocessable', `must not be over ${size}, the size of the bundle`, 'since');
    const grantId = body.content ? await this.openContentOf(scope, caller, 'POST /v1/exports') : null;
    const row = {
      tenantId,
      exportId: uuidByTime(),
      request: {
        scope,
        method:
          body.method ?? (scope.kind === 'work_items' ? ('trail-chain' as const) : ('full-log' as const)),
        since: body.since ?? null,
        content: body.content,
        purpose: body.purpose,
        grantId,
        requestedBy: caller.principalId,
      },
      size,
      requestedAtUs: this.api.nowUs(),
      requestedBy: caller.principalId,
      keyId: caller.keyId,
    };
    const made = await asTenant(this.api.db, tenantId, async (client) => {
      await insertExport(client, row);
      return readExport(client, tenantId, row.exportId);
    });
    await this.api.wake('build-exports');
    return toExportView(made!);
  }

  @Get()
  @SerializeOptions({ schema: ExportList })
  @ApiOperation({ summary: 'The newest exports' })
  @ApiResponse({ status: 200, standardSchema: ExportList })
  async list(@Caller() { tenantId }: Principal): Promise<z.infer<typeof ExportList>> {
    const rows = await asTenant(this.api.db, tenantId, (client) => listExports(client, tenantId));
    return { items: rows.map(toExportView) };
  }

  @Get(':exportId')
  @SerializeOptions({ schema: ExportView })
  @ApiOperation({ summary: 'How far an export is' })
  @ApiResponse({ status: 200, standardSchema: ExportView })
  async read(
    @Param('exportId', { schema: ExportView.shape.exportId }) exportId: string,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof ExportView>> {
    return toExportView(await this.one(tenantId, exportId));
  }

  @Get(':exportId/bundle')
  @ApiOperation({
    summary: 'The bundle, as a tar archive of its directory',
    description:
      'One with opened content needs a grant that still stands, and is noted in the access log again.',
  })
  @ApiProduces('application/x-tar')
  @ApiResponse({ status: 200 })
  async download(
    @Param('exportId', { schema: ExportView.shape.exportId }) exportId: string,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const row = await this.one(caller.tenantId, exportId);
    checkReady(row);
    if (row.request.content)
      await this.openContentOf(row.request.scope, caller, 'GET /v1/exports/:exportId/bundle');
    void reply
      .type('application/x-tar')
      .header('content-disposition', `attachment; filename="evidence-${row.size}-${exportId}.tar"`)
      .header('content-length', row.archiveBytes!)
      .header('cache-control', 'private, no-store');
    return new StreamableFile(Readable.from(archiveChunks(this.api.db, row)));
  }

  private async one(tenantId: bigint, exportId: string): Promise<ExportRow> {
    const row = await asTenant(this.api.db, tenantId, (client) => readExport(client, tenantId, exportId));
    if (row === null) throw new RejectedInput('not_found', `there is no export ${exportId}`);
    return row;
  }

  private async openContentOf(scope: ExportScope, caller: Principal, route: string): Promise<string> {
    const workItems = scope.kind === 'work_items' ? scope.workItems : null;
    const subject = scope.kind === 'period' ? `period ${scope.period}` : 'tenant';
    return (await openContent(this.api, caller, { route, workItems, subject })).grantId;
  }

  /** The settled size that was asked for; else the newest one that a checkpoint signs, by `asOf`. */
  private async sizeOf(
    client: Client,
    tenantId: bigint,
    { size, asOf }: { readonly size?: number | undefined; readonly asOf?: string | undefined },
  ): Promise<number> {
    const question = { size, as_of: asOf === undefined ? undefined : usFromTimestamp(asOf) };
    const past = await pastBooks(client, tenantId, question);
    const { fromSize, toSize } = await readReadableSizes(client, tenantId);
    let found = past?.size ?? toSize;
    // What is settled need not be signed, and what is signed need not be settled.
    for (let before = -1; before !== found;) {
      before = found;
      found = await readSignedSizeUpTo(client, tenantId, await readSettledSize(client, tenantId, found));
    }
    if (found < Math.max(fromSize, 1) || (size !== undefined && found !== size))
      throw new RejectedInput(
        'unprocessable',
        size === undefined
          ? 'nothing of this log was signed by then'
          : `no checkpoint of ${size} leaves was signed`,
        'size',
      );
    return found;
  }
}

/** Work items by kind and key, each once, sorted: the same question is the same request. */
async function canonicalScope(
  client: Client,
  tenantId: bigint,
  scope: z.infer<typeof ExportBody>['scope'],
): Promise<ExportScope> {
  if (scope.kind !== 'work_items') return scope;
  const names = new Set<string>();
  for (const name of scope.workItems) {
    const ref = await refOfTrail(client, tenantId, name);
    if (ref === null)
      throw new RejectedInput('not_found', `there is no work item ${name}`, 'scope.workItems');
    names.add(nameOf(ref));
  }
  return { kind: 'work_items', workItems: [...names].sort() };
}
