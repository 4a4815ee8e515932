import { RENORMALISE_CAUSE } from '#ledger';
import { Caller, RequireRole, type Principal } from '#server';
import { askToRenormalise, asTenant } from '#store';
import { Body, Controller, HttpCode, Inject, Post, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { v7 as uuidByTime } from 'uuid';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { previewDigest, PreviewQuery } from '../previews/preview-kind.ts';
import { provePreview, readApprovals } from '../previews/prove-preview.ts';
import { askedOf, NewRenormalisation } from './renormalisation-bodies.ts';

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
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @HttpCode(202)
  @RequireRole('admin')
  @SerializeOptions({ schema: Asked })
  @ApiOperation({
    summary: 'Read the spans of a period again by the version of the engine that runs now',
    description:
      'An upgrade posts nothing by itself: the steps of a trace stay as the engine read them that was there when it ' +
      'came. This reads them again, trace by trace. Where a step changes, its trace gets a new revision and the ' +
      'difference is posted under this cause with the code C420; where none does, nothing is posted. Where the ' +
      'policy `approvals` demands it of rules, it needs a preview that another principal approved.',
  })
  @ApiResponse({ status: 202, description: 'Recorded', standardSchema: Asked })
  async ask(
    @Body({ schema: NewRenormalisation }) body: NewRenormalisation,
    @Query({ schema: PreviewQuery }) { previewId }: z.infer<typeof PreviewQuery>,
    @Caller() { tenantId, principalId }: Principal,
  ): Promise<z.infer<typeof Asked>> {
    const asked = askedOf(body, this.api.version);
    const causeId = `${RENORMALISE_CAUSE}${uuidByTime()}`;
    const nowUs = this.api.nowUs();
    await asTenant(this.api.db, tenantId, async (client) => {
      const { rules } = await readApprovals(client, tenantId, nowUs);
      const digest = previewDigest('renormalisation', asked);
      const change = {
        kind: 'renormalisation',
        digest,
        previewId,
        needsApproval: rules === 'approved',
      } as const;
      const shown = await provePreview(client, tenantId, change, nowUs);
      const request = { ...asked, causeId, principal: principalId, preview: shown?.proof ?? null };
      await askToRenormalise(client, tenantId, request, nowUs);
    });
    await this.api.wake('work-through-facts');
    return { causeId, ...asked };
  }
}
