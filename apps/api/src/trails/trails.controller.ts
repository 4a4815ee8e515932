import { canonicalJson } from '#evidence';
import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot } from '#store';
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { nameOf } from './read-trail-facts.ts';
import { replayTrail } from './replay-trail.ts';
import { DigestedReplayView } from './replay-views.ts';
import { ReplayQuery, TrailName } from './trail-query.ts';

/** What was done for a work item, step by step, as it was known at a size of the log. */
@ApiTags('trails')
@Controller('v1/trails')
@RequireRole('analyst', 'auditor')
export class TrailsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get(':id/replay')
  @ApiOperation({
    summary: 'The decision trail of a work item, replayed from its records',
    description:
      'The same bytes for ever at one size: compare digests. `format=canonical` answers with exactly what the digest is ' +
      'of, so that `sha256sum` checks it.',
  })
  @ApiProduces('application/json', 'text/plain')
  @ApiResponse({ status: 200, standardSchema: DigestedReplayView })
  async replay(
    @Param('id', { schema: TrailName }) id: string,
    @Query({ schema: ReplayQuery }) query: z.infer<typeof ReplayQuery>,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof DigestedReplayView> | string> {
    const { ref, replay, digest } = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      replayTrail(client, tenantId, id, query, query.order),
    );
    void reply.header('digest', `sha-256=${Buffer.from(digest, 'hex').toString('base64')}`);
    if (query.format === 'json') return DigestedReplayView.parse({ name: nameOf(ref), digest, replay });
    void reply.type('application/json; charset=utf-8');
    return canonicalJson(replay);
  }
}
