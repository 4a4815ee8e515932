import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, readImport, type ImportProgress } from '#store';
import { Controller, Get, Inject, Param, Post, Query, Req, Res, SerializeOptions } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { OutcomeIntake } from '../outcomes/outcome-intake.ts';
import { formatWireTime, Time } from '../wire.ts';
import { importFile, type ImportFormat } from './import-file.ts';

const ImportQuery = z.object({
  import_id: z
    .uuid()
    .optional()
    .meta({ description: 'Names the import, so that its progress can be asked for while it runs' }),
});
const ImportView = z
  .object({
    importId: z.guid(),
    format: z.enum(['csv', 'ndjson']),
    state: z
      .enum(['running', 'done', 'interrupted'])
      .meta({ description: 'interrupted: what was read until then is stored; send the file again' }),
    linesRead: z.int().meta({ description: 'Events read, without the header and empty lines' }),
    stored: z.int(),
    duplicate: z.int(),
    setAside: z.int().meta({ description: 'Stored ones that move nothing: unknown kind or verb' }),
    rejected: z.int(),
    errors: z
      .array(z.object({ line: z.int(), field: z.string().nullable(), reason: z.string() }))
      .meta({ description: 'The first refused lines; rejected counts all' }),
    startedAt: Time,
    endedAt: Time.nullable(),
  })
  .meta({ id: 'Import' });

/** An import whose process died goes on saying "running" in the table; nobody advances it any more. */
const SILENT_US = 300_000_000n;
const FORMATS: Readonly<Record<string, ImportFormat>> = {
  'text/csv': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
};

@ApiTags('outcomes')
@Controller('v1/imports')
@RequireRole('outcomes')
export class ImportsController {
  constructor(
    @Inject(API_CONTEXT) private readonly api: ApiContext,
    @Inject(OutcomeIntake) private readonly intake: OutcomeIntake,
  ) {}

  @Post()
  @SerializeOptions({ schema: ImportView })
  @ApiOperation({
    summary: 'Import outcome events from a file',
    description:
      'NDJSON: one structured CloudEvent a line. CSV columns: id, source, type, subject, and optionally time, ' +
      'sequence, value_amount, value_currency, value_unit, conversation_id, data.<name>. Good lines are stored even when others ' +
      'are not; the same file again stores nothing twice. Answers when the whole file is durable.',
  })
  @ApiConsumes('text/csv', 'application/x-ndjson')
  @ApiBody({ schema: { type: 'string' } })
  @ApiResponse({ status: 201, standardSchema: ImportView })
  async import(
    @Req() request: FastifyRequest,
    @Query({ schema: ImportQuery }) query: z.infer<typeof ImportQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof ImportView>> {
    const format = FORMATS[(request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()];
    const { body } = request;
    if (format === undefined || !(body instanceof Readable))
      throw new RejectedInput('invalid', 'send text/csv or application/x-ndjson', 'content-type');
    const importId = query.import_id ?? randomUUID();
    void reply.header('location', `/v1/imports/${importId}`);
    try {
      await importFile(this.api, this.intake, caller, { importId, format, body });
    } catch (error) {
      if (!(error instanceof RejectedInput) || error.field === 'import_id') throw error;
      const { stored } = await this.progress(caller, importId);
      const message = `${error.message}; ${stored} events before it are stored, see /v1/imports/${importId}`;
      throw new RejectedInput(error.code, message, error.field);
    }
    return this.progress(caller, importId);
  }

  @Get(':importId')
  @RequireRole('outcomes', 'analyst', 'auditor')
  @SerializeOptions({ schema: ImportView })
  @ApiOperation({ summary: 'How far an import is, and which lines were refused' })
  @ApiResponse({ status: 200, standardSchema: ImportView })
  async progress(
    @Caller() { tenantId }: Pick<Principal, 'tenantId'>,
    @Param('importId', { schema: z.guid() }) importId: string,
  ): Promise<z.infer<typeof ImportView>> {
    const progress = await asTenant(this.api.db, tenantId, (client) =>
      readImport(client, tenantId, importId),
    );
    if (progress === null) throw new RejectedInput('not_found', `there is no import ${importId}`);
    return toImportView(progress, this.api);
  }
}

function toImportView(progress: ImportProgress, { limits, nowUs }: ApiContext): z.infer<typeof ImportView> {
  const isSilent = progress.state === 'running' && nowUs() - progress.advancedAtUs > SILENT_US;
  return {
    importId: progress.importId,
    format: ImportView.shape.format.parse(progress.format),
    state: isSilent ? 'interrupted' : ImportView.shape.state.parse(progress.state),
    linesRead: progress.linesRead,
    stored: progress.stored,
    duplicate: progress.duplicate,
    setAside: progress.setAside,
    rejected: progress.rejected,
    errors: progress.errors.slice(0, limits.importErrors),
    startedAt: formatWireTime(progress.startedAtUs),
    endedAt: progress.endedAtUs === null ? null : formatWireTime(progress.endedAtUs),
  };
}
