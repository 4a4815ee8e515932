import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot, nameOf } from '#store';
import { reevaluateTrail, renderReevaluation } from '#trails';
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { deriveAgain } from './derive-again.ts';
import { ReevaluationAnswer } from './reevaluation-views.ts';
import { digestOf, readTrail } from './replay-trail.ts';
import { PricesAt } from './rules-at.ts';
import { ReevaluationQuery, TrailName } from './trail-query.ts';

/** L1 replay: recorded rules run again on recorded inputs. */
@ApiTags('trails')
@Controller('v1/trails')
@RequireRole('analyst', 'auditor')
export class ReevaluationController {
  private readonly prices = new PricesAt();

  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get(':id/reevaluation')
  @ApiOperation({
    summary: 'The rules and prices of a size of the log, run again on what it records of a trail',
    description:
      'What each event did, what the work item stands at, where its attempts are placed and what each usage costs, once ' +
      'as recorded and once derived again from the step records, events, definitions, policies, key mappings and price ' +
      'books whose leaves stand below the size. No model is called, and nothing is written.',
  })
  @ApiProduces('application/json', 'text/plain')
  @ApiResponse({ status: 200, standardSchema: ReevaluationAnswer })
  async reevaluate(
    @Param('id', { schema: TrailName }) id: string,
    @Query({ schema: ReevaluationQuery }) query: z.infer<typeof ReevaluationQuery>,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof ReevaluationAnswer> | string> {
    const { ref, reevaluation } = await inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const read = await readTrail(client, tenantId, id, query);
      const derived = await deriveAgain(client, tenantId, read.trail.facts, this.prices);
      return { ref: read.ref, reevaluation: reevaluateTrail(read.trail, derived) };
    });
    const digest = digestOf(reevaluation);
    const name = nameOf(ref);
    if (query.format === 'json') return ReevaluationAnswer.parse({ name, digest, reevaluation });
    void reply.type('text/plain; charset=utf-8');
    return renderReevaluation(name, digest, reevaluation);
  }
}
