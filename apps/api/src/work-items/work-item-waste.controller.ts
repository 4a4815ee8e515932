import { RejectedInput, toRef } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { inTenantSnapshot, readAttemptsOf, readJudgedRuns, readWorkItem } from '#store';
import { Controller, Get, Inject, Param, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { ONLY_NOW, PAST_TO_REFUSE, refusePast } from './refuse-past.ts';
import { toWorkItemWaste, WorkItemWaste } from './work-item-waste.ts';

const Text = z.string().min(1).max(512);
const WasteQuery = z.object(PAST_TO_REFUSE);

@ApiTags('work items')
@Controller('v1/work-items')
@RequireRole('analyst', 'auditor')
export class WorkItemWasteController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get(':kind/:key/waste')
  @SerializeOptions({ schema: WorkItemWaste })
  @ApiOperation({
    summary: 'Which steps of its trail rules flag, and why; which bought the outcome',
    description:
      'Steps are named by trace and span, as in the trail and the replay. No content is shown. As it stands now: ' +
      ONLY_NOW,
  })
  @ApiResponse({ status: 200, standardSchema: WorkItemWaste })
  async read(
    @Param('kind', { schema: Text }) kind: string,
    @Param('key', { schema: Text }) key: string,
    @Query({ schema: WasteQuery }) query: z.infer<typeof WasteQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof WorkItemWaste>> {
    refusePast(query);
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const ref = toRef(kind, tenantId, key);
      const item = await readWorkItem(client, tenantId, ref);
      if (item === null) throw new RejectedInput('not_found', `there is no work item ${kind} ${key}`);
      const parts = await readAttemptsOf(client, tenantId, [item.ref]);
      const traceIds = [...new Set(parts.map(({ traceId }) => traceId))];
      return toWorkItemWaste(kind, key, parts, await readJudgedRuns(client, tenantId, traceIds));
    });
  }
}
