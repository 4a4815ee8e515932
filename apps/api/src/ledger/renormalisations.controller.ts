import { RENORMALISE_CAUSE } from '#ledger';
import { RejectedInput } from '#model';
import { Caller, LOGGER, RequireRole, type Principal, type ProcessLogger } from '#server';
import { askToRenormalise, asTenant } from '#store';
import { Body, Controller, HttpCode, Inject, Post, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { v7 as uuidByTime } from 'uuid';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { Day } from '../reports/report-query.ts';

const RequestBody = z
  .strictObject({
    from: Day.nullish().meta({ description: 'First UTC day of usage; absent = from the beginning' }),
    to: Day.nullish().meta({ description: 'UTC day after the last one; absent = up to now' }),
    reason: z.string().trim().min(1).max(2000).meta({ description: 'Why; it stands in the evidence log' }),
  })
  .meta({ id: 'NewRenormalisation' });
const Asked = z
  .object({
    causeId: z.string().meta({ description: 'Its progress, and what it moved: GET /v1/causes/{causeId}' }),
    from: z.string().nullable(),
    to: z.string().nullable(),
    reason: z.string(),
    engine: z.string().meta({ description: 'The version by which the spans are read' }),
  })
  .meta({ id: 'Renormalisation' });

/** Reading old spans again by the engine that runs now: never by itself, always asked for. */
@ApiTags('ledger')
@Controller('v1/renormalisations')
export class RenormalisationsController {
  constructor(
    @Inject(API_CONTEXT) private readonly api: ApiContext,
    @Inject(LOGGER) private readonly logger: ProcessLogger,
  ) {}

  @Post()
  @HttpCode(202)
  @RequireRole('admin')
  @SerializeOptions({ schema: Asked })
  @ApiOperation({
    summary: 'Read the spans of a period again by the version of the engine that runs now',
    description:
      'An upgrade posts nothing by itself: the steps of a trace stay as the engine read them that was there when it ' +
      'came. This reads them again, trace by trace. Where a step changes, its trace gets a new revision and the ' +
      'difference is posted under this cause with the code C420; where none does, nothing is posted.',
  })
  @ApiResponse({ status: 202, description: 'Recorded', standardSchema: Asked })
  async ask(
    @Body({ schema: RequestBody }) body: z.infer<typeof RequestBody>,
    @Caller() { tenantId, principalId }: Principal,
  ): Promise<z.infer<typeof Asked>> {
    const [from, to] = [body.from ?? null, body.to ?? null];
    if (from !== null && to !== null && from >= to)
      throw new RejectedInput('unprocessable', 'must be after from', 'to');
    const asked = {
      causeId: `${RENORMALISE_CAUSE}${uuidByTime()}`,
      from,
      to,
      reason: body.reason,
      engine: this.api.version,
    };
    await asTenant(this.api.db, tenantId, (client) =>
      askToRenormalise(client, tenantId, { ...asked, principal: principalId }, this.api.nowUs()),
    );
    await this.api.wake('work-through-facts').catch((error: unknown) => {
      this.logger.warn('the worker could not be woken; it will find the fact by its schedule', { error });
    });
    return asked;
  }
}
