import { encodeLeaf } from '#evidence';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, clearHalt, insertEvidence, inTenantSnapshot, readHalts, type PostingHalt } from '#store';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { formatWireTime, Time } from '../wire.ts';

const Halt = z.object({
  haltId: z.guid(),
  invariant: z.string(),
  subject: z.string(),
  found: z.string(),
  raisedAt: Time,
  clearedAt: Time.nullable(),
  clearedBy: z.guid().nullable(),
  reason: z.string().nullable(),
});
const Halts = z
  .object({ isHalted: z.boolean().meta({ description: 'Nothing is posted' }), items: z.array(Halt) })
  .meta({ id: 'PostingHalts' });
const ClearBody = z.strictObject({ reason: z.string().min(1).max(1000) }).meta({ id: 'ClearPostingHalt' });
const HaltId = z.guid();

/** What the checker found to be broken in the books, and whether posting goes on. */
@ApiTags('ledger')
@Controller('v1/ledger/halts')
export class HaltsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: Halts })
  @ApiOperation({ summary: 'Broken invariants of the books; while one is not cleared nothing is posted' })
  @ApiResponse({ status: 200, standardSchema: Halts })
  async list(@Caller() { tenantId }: Principal): Promise<z.infer<typeof Halts>> {
    const halts = await inTenantSnapshot(this.api.db, tenantId, (client) => readHalts(client, tenantId));
    return { isHalted: halts.some(({ clearedAtUs }) => clearedAtUs === null), items: halts.map(toView) };
  }

  @Post(':halt/clear')
  @HttpCode(200)
  @RequireRole('admin')
  @SerializeOptions({ schema: Halts })
  @ApiOperation({ summary: 'Let posting go on, with the reason; the halt stays on record' })
  @ApiResponse({ status: 200, standardSchema: Halts })
  async clear(
    @Param('halt', { schema: HaltId }) haltId: string,
    @Body({ schema: ClearBody }) { reason }: z.infer<typeof ClearBody>,
    @Caller() { tenantId, principalId }: Principal,
  ): Promise<z.infer<typeof Halts>> {
    return asTenant(this.api.db, tenantId, async (client) => {
      const cleared = { atUs: this.api.nowUs(), by: principalId, reason };
      if (!(await clearHalt(client, tenantId, haltId, cleared)))
        throw new RejectedInput('not_found', 'there is no halt of this id that is not cleared');
      const body = encodeLeaf('halt', cleared.atUs, {
        halt: haltId,
        state: 'cleared',
        by: principalId,
        reason,
      });
      await insertEvidence(client, tenantId, [{ kind: 'halt', subjectId: haltId, body }], cleared.atUs);
      const halts = await readHalts(client, tenantId);
      return { isHalted: halts.some(({ clearedAtUs }) => clearedAtUs === null), items: halts.map(toView) };
    });
  }
}

const toView = ({ raisedAtUs, clearedAtUs, ...halt }: PostingHalt): z.infer<typeof Halt> => ({
  ...halt,
  raisedAt: formatWireTime(raisedAtUs),
  clearedAt: clearedAtUs === null ? null : formatWireTime(clearedAtUs),
});
