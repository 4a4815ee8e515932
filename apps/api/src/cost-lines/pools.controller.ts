import { Caller, RequireRole, type Principal } from '#server';
import { askForAllocation, asTenant } from '#store';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';

const MonthBody = z
  .strictObject({
    month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month, as 2026-10'),
  })
  .meta({ id: 'PoolAllocation' });

/** Overhead pools: the policy `pools` says how they are divided, this says when. */
@ApiTags('cost lines')
@Controller('v1/pools')
export class PoolsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post('allocations')
  @HttpCode(202)
  @RequireRole('admin')
  @ApiOperation({
    summary: 'Divide the overhead pools of a month by what is known now',
    description:
      'Done by itself every ten minutes for the running month and the one before; an older month is restated on demand. ' +
      'What changes is posted as a difference.',
  })
  @ApiResponse({ status: 202, description: 'Asked for', standardSchema: MonthBody })
  async allocate(
    @Body({ schema: MonthBody }) { month }: z.infer<typeof MonthBody>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof MonthBody>> {
    await asTenant(this.api.db, tenantId, (client) =>
      askForAllocation(client, tenantId, month, this.api.nowUs()),
    );
    await this.api.wake('work-through-facts');
    return { month };
  }
}
