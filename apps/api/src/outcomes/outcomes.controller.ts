import { RejectedInput } from '#model';
import { Caller, RequireRole, toProblem, type Principal } from '#server';
import { asTenant, listOutcomes, readOutcomes } from '#store';
import { Controller, Get, Inject, Param, Post, Query, Req, Res, SerializeOptions } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { CursorTime, CursorUuid, decodeCursor, Instant, PageSize } from '../wire.ts';
import { readBinary, readStructured } from './cloud-event.ts';
import { OutcomeIntake, type EventResult, type ReadEvent } from './outcome-intake.ts';
import { BatchAnswer, OutcomePage, OutcomeView, toOutcomeView } from './outcome-views.ts';

const OutcomeQuery = z.object({
  kind: z.string().optional(),
  key: z.string().optional(),
  source: z.string().optional(),
  id: z.string().optional(),
  verb: z.string().optional(),
  effect: z.string().optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  cursor: z.string().optional(),
  limit: PageSize,
});
const OutcomeId = z.guid();
const Cursor = z.tuple([CursorTime, CursorUuid]);
const readCursor = (cursor: string) => {
  const [receivedAtUs, surrogateId] = decodeCursor(cursor, Cursor);
  return { receivedAtUs, surrogateId };
};
const EVENT = { $ref: '#/components/schemas/CloudEvent' };

@ApiTags('outcomes')
@Controller('v1/outcomes')
export class OutcomesController {
  constructor(
    @Inject(OutcomeIntake) private readonly intake: OutcomeIntake,
    @Inject(API_CONTEXT) private readonly api: ApiContext,
  ) {}

  @Post()
  @RequireRole('outcomes')
  @ApiOperation({
    summary: 'Report what became of work items, as CloudEvents 1.0: structured, batched or binary',
    description:
      'Idempotent by (source, id): sent again, an event answers as before; other content under the same id is a 409. ' +
      'Each event of a batch has a result of its own; 207 when one was refused.',
  })
  @ApiConsumes('application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json')
  @ApiBody({ schema: { oneOf: [EVENT, { type: 'array', items: EVENT }] } })
  @ApiResponse({ status: 201, description: 'Stored', standardSchema: OutcomeView })
  @ApiResponse({ status: 200, description: 'A repetition, or a batch of which nothing was refused' })
  @ApiResponse({
    status: 207,
    description: 'A batch of which something was refused',
    standardSchema: BatchAnswer,
  })
  async post(
    @Req() request: FastifyRequest,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { readers, isBatch } = this.readRequest(request);
    const results = await this.intake.accept(caller, readers);
    if (isBatch) {
      const answer = toBatchAnswer(results);
      void reply.status(answer.refused === 0 ? 200 : 207);
      return answer;
    }
    const result = results[0]!;
    if (result.status === 'refused') throw result.refusal;
    void reply.status(result.status === 'stored' ? 201 : 200);
    return toOutcomeView(result.outcome);
  }

  @Get()
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: OutcomePage })
  @ApiOperation({ summary: 'Outcome events, in the order of receipt' })
  @ApiResponse({ status: 200, standardSchema: OutcomePage })
  async list(
    @Query({ schema: OutcomeQuery }) query: z.infer<typeof OutcomeQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof OutcomePage>> {
    const { cursor, from, to, id, ...filter } = query;
    const limit = pageSizeOf(this.api.limits, query.limit);
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const outcomes = await asTenant(this.api.db, tenantId, (client) =>
      listOutcomes(client, tenantId, {
        ...filter,
        eventId: id,
        fromUs: from,
        toUs: to,
        after,
        limit: limit + 1,
      }),
    );
    const page = pageOf(outcomes, limit, (last) => [String(last.receivedAtUs), last.surrogateId]);
    return {
      items: page.rows.map(toOutcomeView),
      next: page.next,
    };
  }

  @Get(':outcomeId')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: OutcomeView })
  @ApiOperation({ summary: 'One outcome event' })
  @ApiResponse({ status: 200, standardSchema: OutcomeView })
  async read(
    @Param('outcomeId', { schema: OutcomeId }) outcomeId: string,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof OutcomeView>> {
    const [outcome] = await asTenant(this.api.db, tenantId, (client) =>
      readOutcomes(client, tenantId, [outcomeId]),
    );
    if (outcome === undefined) throw new RejectedInput('not_found', `there is no outcome ${outcomeId}`);
    return toOutcomeView(outcome);
  }

  /** The mode is told by the media type, and by `ce-specversion` where that is not one of CloudEvents. */
  private readRequest(request: FastifyRequest): { readers: ReadEvent[]; isBatch: boolean } {
    const { depth, eventsPerRequest } = this.api.limits;
    const mediaType = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
    const isStructured = mediaType.startsWith('application/cloudevents');
    if (!isStructured && request.headers['ce-specversion'] !== undefined)
      return { readers: [() => readBinary(request.headers, request.body, depth)], isBatch: false };
    const { body } = request;
    const isBatch =
      mediaType === 'application/cloudevents-batch+json' || (!isStructured && Array.isArray(body));
    if (!isBatch) return { readers: [() => readStructured(body, depth)], isBatch };
    if (!Array.isArray(body)) throw new RejectedInput('invalid', 'a batch is a JSON array of events');
    if (body.length > eventsPerRequest)
      throw new RejectedInput('too_large', `a batch holds at most ${eventsPerRequest} events`);
    return { readers: body.map((event: unknown) => () => readStructured(event, depth)), isBatch };
  }
}

function toBatchAnswer(results: readonly EventResult[]): z.infer<typeof BatchAnswer> {
  const count = (status: EventResult['status']): number =>
    results.filter((result) => result.status === status).length;
  return {
    stored: count('stored'),
    duplicate: count('duplicate'),
    refused: count('refused'),
    results: results.map((result) => {
      if (result.status !== 'refused')
        return { status: result.status, outcome: toOutcomeView(result.outcome), problem: null };
      const { title, status, detail } = toProblem(result.refusal, '');
      return {
        status: 'refused',
        outcome: null,
        problem: { title, status, detail, field: result.refusal.field },
      };
    }),
  };
}
