import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot, nameOf, type Client } from '#store';
import {
  countAct,
  diffTrails,
  featuresOf,
  rankPrecedents,
  renderDiff,
  type ActCounts,
  type ContentFacts,
  type TrailDiff,
} from '#trails';
import { Controller, Get, Inject, Query, Res, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { readContents } from './read-content.ts';
import { DiffAnswer, PrecedentsView } from './reading-views.ts';
import { digestOf, readTrail, trailSize, type TrailAt } from './replay-trail.ts';
import { readClosedTrails } from './similar-trails.ts';
import { DiffQuery, PrecedentsQuery } from './trail-query.ts';

const PRECEDENTS = 10;

/** Trails beside each other. */
@ApiTags('trails')
@Controller('v1')
@RequireRole('analyst', 'auditor')
export class TrailComparisonController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get('trails/diff')
  @ApiOperation({
    summary: 'How two trails differ, and what the verdicts were preceded by',
    description:
      'Acts are aligned by what they are (kind, tool, rule, source). States differences, and how trails with and without ' +
      'the first of them ended; never a cause.',
  })
  @ApiProduces('application/json', 'text/plain')
  @ApiResponse({ status: 200, standardSchema: DiffAnswer })
  async diff(
    @Query({ schema: DiffQuery }) query: z.infer<typeof DiffQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof DiffAnswer> | string> {
    const { tenantId } = caller;
    const [a, b] = await inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const size = await trailSize(client, tenantId, query);
      return [
        await readTrail(client, tenantId, query.a, { size }),
        await readTrail(client, tenantId, query.b, { size }),
      ] as const;
    });
    const route = 'GET /v1/trails/diff';
    const [inA, inB] = await readContents(this.api, caller, route, query.content, [a, b]);
    const diff = compare(a, inA!, b, inB!);
    const similar = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      countSimilar(client, tenantId, diff, a),
    );
    const names = { a: nameOf(a.ref), b: nameOf(b.ref) };
    if (query.format === 'json') return DiffAnswer.parse({ names, digest: digestOf(diff), diff, similar });
    void reply.type('text/plain; charset=utf-8');
    return renderDiff({ names, diff, similar });
  }

  @Get('precedents')
  @SerializeOptions({ schema: PrecedentsView })
  @ApiOperation({
    summary: 'Closed trails like one, those it names itself first',
    description:
      'Only trails that were closed and sealed before as_of. Scores are whole ten-thousandths and deterministic, ties go ' +
      'by id. Of the trails of its kind the 200 settled last are looked at.',
  })
  @ApiResponse({ status: 200, standardSchema: PrecedentsView })
  precedents(
    @Query({ schema: PrecedentsQuery }) query: z.infer<typeof PrecedentsQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof PrecedentsView>> {
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const size = await trailSize(client, tenantId, { at: query.as_of });
      const { trail } = await readTrail(client, tenantId, query.trail, { size });
      const closed = await readClosedTrails(client, tenantId, trail.facts.item.kind, size);
      const names = new Map(closed.map(({ ref, features }) => [features.trail, nameOf(ref)]));
      const ranked = rankPrecedents(
        featuresOf(trail),
        closed.map(({ features }) => features),
        (id) => [names.get(id)!],
      );
      return PrecedentsView.parse({
        trail: trail.facts.item.surrogateId,
        size,
        considered: ranked.length,
        precedents: ranked
          .slice(0, query.limit ?? PRECEDENTS)
          .map((precedent) => ({ ...precedent, name: names.get(precedent.trail)! })),
      });
    });
  }
}

/** The trails compared are among those counted where they are closed. */
async function countSimilar(
  client: Client,
  tenantId: bigint,
  { firstDivergence }: TrailDiff,
  { trail, size }: TrailAt,
): Promise<ActCounts | null> {
  if (firstDivergence === null || firstDivergence.class === 'changed') return null;
  const closed = await readClosedTrails(client, tenantId, trail.facts.item.kind, size);
  return countAct(
    firstDivergence.signature,
    closed.map(({ features }) => features),
  );
}

function compare(a: TrailAt, inA: ContentFacts, b: TrailAt, inB: ContentFacts): TrailDiff {
  try {
    return diffTrails({ trail: a.trail, contents: inA }, { trail: b.trail, contents: inB });
  } catch (error) {
    if (error instanceof RangeError) throw new RejectedInput('unprocessable', error.message, 'b');
    throw error;
  }
}
