import { canonicalJson } from '#evidence';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot, nameOf, readCheckpoint } from '#store';
import { readTrailContent, renderReplay, stateAfter, toReplay } from '#trails';
import { Controller, Get, Inject, Param, Query, Res, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { proveLeaf, ProvenLeaf } from '../evidence/proven-leaf.ts';
import { readContents } from './read-content.ts';
import { ReadingView, StateView } from './reading-views.ts';
import { digestOf, readTrail, type TrailAt, type TrailQuestion } from './replay-trail.ts';
import { DigestedReplayView, EntryOfReplay } from './replay-views.ts';
import { EntryNumber, ReplayQuery, StateQuery, StepQuery, TrailName } from './trail-query.ts';

const ReplayAnswer = DigestedReplayView.extend({ reading: z.array(ReadingView) }).meta({
  id: 'ReplayAnswer',
});
const StepAnswer = z
  .object({
    size: z.int(),
    entry: EntryOfReplay,
    reading: ReadingView.nullable(),
    proof: ProvenLeaf.nullable().meta({ description: 'With proof=1: of the leaf that says it' }),
  })
  .meta({ id: 'TrailStepAnswer' });

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
      'of, so that `sha256sum` checks it. `reading` is what names and content add; it is not in the digest, because ' +
      'both may be erased.',
  })
  @ApiProduces('application/json', 'text/plain')
  @ApiResponse({ status: 200, standardSchema: ReplayAnswer })
  async replay(
    @Param('id', { schema: TrailName }) id: string,
    @Query({ schema: ReplayQuery }) query: z.infer<typeof ReplayQuery>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof ReplayAnswer> | string> {
    const trail = await this.read(caller, id, query);
    const replay = toReplay(trail.trail, query.order);
    const digest = digestOf(replay);
    if (query.format === 'canonical') {
      void reply.type('application/json; charset=utf-8');
      return canonicalJson(replay);
    }
    const route = 'GET /v1/trails/:id/replay';
    const [contents] = await readContents(this.api, caller, route, query.content, [trail]);
    const reading = readTrailContent(trail.trail, contents!, query.content === 'text');
    const name = nameOf(trail.ref);
    if (query.format === 'json') return ReplayAnswer.parse({ name, digest, replay, reading });
    void reply.type('text/plain; charset=utf-8');
    return renderReplay({ name, digest, replay, reading });
  }

  @Get(':id/steps/:n')
  @SerializeOptions({ schema: StepAnswer })
  @ApiOperation({ summary: 'One entry of a trail, with the proof of its leaf where asked for' })
  @ApiResponse({ status: 200, standardSchema: StepAnswer })
  async step(
    @Param('id', { schema: TrailName }) id: string,
    @Param('n', { schema: EntryNumber }) n: number,
    @Query({ schema: StepQuery }) query: z.infer<typeof StepQuery>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof StepAnswer>> {
    const trail = await this.read(caller, id, query);
    const entry = toReplay(trail.trail, 'recorded').entries.find((each) => each.n === n);
    if (entry === undefined) throw noSuchEntry(n, trail.trail.entries.length);
    const route = 'GET /v1/trails/:id/steps/:n';
    const [contents] = await readContents(this.api, caller, route, query.content, [trail]);
    const readings = readTrailContent(trail.trail, contents!, query.content === 'text');
    return StepAnswer.parse({
      size: trail.size,
      entry,
      reading: readings.find((each) => each.n === n) ?? null,
      proof: query.proof === '1' ? await this.prove(caller, entry.proof.index) : null,
    });
  }

  @Get(':id/state/:n')
  @SerializeOptions({ schema: StateView })
  @ApiOperation({ summary: 'What stood after an entry of a trail' })
  @ApiResponse({ status: 200, standardSchema: StateView })
  async state(
    @Param('id', { schema: TrailName }) id: string,
    @Param('n', { schema: EntryNumber }) n: number,
    @Query({ schema: StateQuery }) query: z.infer<typeof StateQuery>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof StateView>> {
    const { trail } = await this.read(caller, id, query);
    const state = stateAfter(toReplay(trail, query.order), n);
    if (state === null) throw noSuchEntry(n, trail.entries.length);
    return StateView.parse(state);
  }

  private read({ tenantId }: Principal, id: string, question: TrailQuestion): Promise<TrailAt> {
    return inTenantSnapshot(this.api.db, tenantId, (client) => readTrail(client, tenantId, id, question));
  }

  /** Under the newest checkpoint. */
  private prove({ tenantId }: Principal, leaf: number): Promise<ProvenLeaf> {
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const checkpoint = await readCheckpoint(client, tenantId);
      return proveLeaf(client, tenantId, leaf, checkpoint!);
    });
  }
}

const noSuchEntry = (n: number, entries: number): RejectedInput =>
  new RejectedInput('not_found', `there is no entry ${n}: the trail has ${entries} at this size`, 'n');
