import {
  encodeEntries,
  formatLogPolicy,
  parseTilePath,
  runOfTile,
  type Tile,
  TILE_WIDTH,
  tilePath,
  tileWidth,
} from '#evidence';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  type Client,
  type LogName,
  nodeReader,
  listDeliveries,
  readCheckpoint,
  readCosignatureLines,
  readEntries,
  readLog,
  readTenantId,
} from '#store';
import { Controller, Get, Inject, Param, Res, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { formatWireTime, Time } from '../wire.ts';

const Deliveries = z
  .object({
    items: z.array(
      z.object({
        log: z.enum(['evidence', 'access']),
        recipient: z.string(),
        size: z.int(),
        deliveredAt: Time,
      }),
    ),
  })
  .meta({ id: 'CheckpointDeliveries' });

/** Tiles never change; the key stands in the request, so only the caller's own cache may keep them. */
const IMMUTABLE = 'private, max-age=31536000, immutable';
const TEXT = 'text/plain; charset=utf-8';

/**
 * A tenant's evidence log as C2SP tlog-tiles under `/tlog/<slug>`. Leaves hold no personal content, but their number
 * and times tell how much business a tenant does: an auditor's key of that tenant is needed, by the Authorization
 * header, which the tile clients of others can send (`fsck --bearer_token`).
 */
@ApiTags('evidence')
@Controller('tlog/:tenant')
@RequireRole('auditor')
export class TlogController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get('checkpoint')
  @ApiOperation({ summary: 'The newest signed checkpoint (C2SP tlog-checkpoint)' })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, description: 'A signed note' })
  async checkpoint(
    @Param('tenant') slug: string,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { note } = await this.ofTenant(caller, slug, (client) => newest(client, caller.tenantId));
    void reply.type(TEXT).header('cache-control', 'private, max-age=1');
    return note;
  }

  @Get('deliveries')
  @SerializeOptions({ schema: Deliveries })
  @ApiOperation({ summary: 'Checkpoints that reached those who keep them, newest first' })
  @ApiResponse({ status: 200, standardSchema: Deliveries })
  async deliveries(
    @Param('tenant') slug: string,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof Deliveries>> {
    const rows = await this.ofTenant(caller, slug, (client) => listDeliveries(client, caller.tenantId));
    return {
      items: rows.map(({ deliveredAtUs, ...row }) => ({
        ...row,
        deliveredAt: formatWireTime(deliveredAtUs),
      })),
    };
  }

  @Get('policy')
  @ApiOperation({
    summary: 'The keys that sign the log, as a policy file (C2SP tlog-policy)',
    description: 'For the first look only: an auditor keeps the keys, and gets them another way too.',
  })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, description: 'A policy file' })
  async policy(
    @Param('tenant') slug: string,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const log = await this.ofTenant(caller, slug, (client) => readLog(client, caller.tenantId));
    if (log === null) throw notBegun();
    void reply.type(TEXT).header('cache-control', 'private, no-cache');
    return formatLogPolicy(log.vkeys);
  }

  @Get('access/checkpoint')
  @ApiOperation({ summary: 'The same of the access log: who read content' })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, description: 'A signed note' })
  async accessCheckpoint(
    @Param('tenant') slug: string,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { note } = await this.ofTenant(caller, slug, (client) => newest(client, caller.tenantId, 'access'));
    void reply.type(TEXT).header('cache-control', 'private, max-age=1');
    return note;
  }

  @Get('access/policy')
  @ApiOperation({ summary: 'The keys that sign the access log, as a policy file (C2SP tlog-policy)' })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, description: 'A policy file' })
  async accessPolicy(
    @Param('tenant') slug: string,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const log = await this.ofTenant(caller, slug, (client) => readLog(client, caller.tenantId, 'access'));
    if (log === null) throw notBegun();
    void reply.type(TEXT).header('cache-control', 'private, no-cache');
    return formatLogPolicy(log.vkeys);
  }

  @Get('access/tile/*')
  @ApiOperation({ summary: 'A tile of the access log (C2SP tlog-tiles)' })
  @ApiParam({ name: '*', example: '0/000.p/3' })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'Hashes of 32 bytes, or entries after their length in two bytes' })
  accessTile(
    @Param('tenant') slug: string,
    @Param('*') path: string,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    return this.tileOf('access', slug, path, caller, reply);
  }

  @Get('tile/*')
  @ApiOperation({
    summary:
      'A tile of hashes, `tile/<L>/<N>[.p/<W>]`, or of entries, `tile/entries/<N>[.p/<W>]` (C2SP tlog-tiles)',
    description:
      'Everything below the newest checkpoint is served; partial tiles in any width up to what there is.',
  })
  @ApiParam({ name: '*', example: '0/x001/234.p/112' })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'Hashes of 32 bytes, or entries after their length in two bytes' })
  tile(
    @Param('tenant') slug: string,
    @Param('*') path: string,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    return this.tileOf('evidence', slug, path, caller, reply);
  }

  private async tileOf(
    log: LogName,
    slug: string,
    path: string,
    caller: Principal,
    reply: FastifyReply,
  ): Promise<Buffer> {
    const tile = parseTilePath(`tile/${path}`);
    if (tile === null) throw new RejectedInput('not_found', 'this is not the path of a tile');
    const content = await this.ofTenant(caller, slug, (client) =>
      readTile(client, caller.tenantId, tile, log),
    );
    void reply.type('application/octet-stream').header('cache-control', IMMUTABLE);
    return content;
  }

  /** The log of another tenant does not exist for the caller. */
  private ofTenant<Result>(
    { tenantId }: Principal,
    slug: string,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    return asTenant(this.api.db, tenantId, async (client) => {
      if ((await readTenantId(client, slug)) !== tenantId)
        throw new RejectedInput('not_found', `your key reads no log ${slug}`);
      return work(client);
    });
  }
}

async function readTile(client: Client, tenantId: bigint, tile: Tile, log: LogName): Promise<Buffer> {
  const { size } = await newest(client, tenantId, log);
  const { level, index, width } = tile;
  if (tileWidth(level, index, size) < width)
    throw new RejectedInput('not_found', `${tilePath(tile)} is beyond the checkpoint of ${size} leaves`);
  if (level === 'entries')
    return encodeEntries(await readEntries(client, tenantId, index * TILE_WIDTH, width, log));
  const [hashes] = await nodeReader(client, tenantId, log)([runOfTile({ level, index, width })]);
  return Buffer.from(hashes!);
}

async function newest(
  client: Client,
  tenantId: bigint,
  log: LogName = 'evidence',
): Promise<{ size: number; note: string }> {
  const checkpoint = await readCheckpoint(client, tenantId, null, log);
  if (checkpoint === null) throw notBegun();
  const cosigned = await readCosignatureLines(client, tenantId, log, checkpoint.size);
  return { size: checkpoint.size, note: checkpoint.note + cosigned.join('') };
}

const notBegun = (): RejectedInput => new RejectedInput('not_found', 'nothing of this log was signed yet');
