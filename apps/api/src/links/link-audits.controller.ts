import { randomBytes } from 'node:crypto';
import { confidenceText, jeffreysMean, Rules } from '#attribution';
import { commitment, encodeLeaf } from '#evidence';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  countLinkAudits,
  inTenantSnapshot,
  listLinkAudits,
  readLinksOfTraces,
  readTenantRules,
  recordLinkAudit,
  type Client,
  type LinkAudit,
} from '#store';
import { Body, Controller, Get, Inject, Post, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { v7 as uuidByTime } from 'uuid';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { previewDigest, PreviewQuery } from '../previews/preview-kind.ts';
import { provePreview } from '../previews/prove-preview.ts';
import { holdAgainstPreview, planSetting, recordVersion, toSettingView } from '../settings/record-version.ts';
import { SettingView } from '../settings/setting-bodies.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { CursorTime, CursorUuid, decodeCursor, formatWireTime, PageSize } from '../wire.ts';
import { AuditPage, AuditView, NewAuditBody, NewCalibrationBody } from './link-bodies.ts';
import { planCalibration, TIERS, type Tier } from './plan-calibration.ts';

const PageQuery = z.object({ cursor: z.string().optional(), limit: PageSize });
const Cursor = z.tuple([CursorTime, CursorUuid]);
const readCursor = (cursor: string) => {
  const [recordedAtUs, auditId] = decodeCursor(cursor, Cursor);
  return { recordedAtUs, auditId };
};

/** How far links can be trusted: what people found, and what is concluded from it when somebody says so. */
@ApiTags('links')
@Controller('v1')
export class LinkAuditsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post('link-audits')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: AuditView })
  @ApiOperation({ summary: 'Say whether a link is right; moves nothing by itself' })
  @ApiResponse({ status: 201, standardSchema: AuditView })
  async audit(
    @Body({ schema: NewAuditBody }) body: z.infer<typeof NewAuditBody>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof AuditView>> {
    const recordedAtUs = this.api.nowUs();
    const salt = randomBytes(32);
    return asTenant(this.api.db, caller.tenantId, async (client) => {
      const links = await readLinksOfTraces(client, caller.tenantId, [body.traceId], true);
      const link = links.find(({ linkId }) => linkId === body.linkId);
      if (link === undefined)
        throw new RejectedInput('not_found', `trace ${body.traceId} has no such link`, 'linkId');
      if (!TIERS.some((tier) => tier === link.tier))
        throw new RejectedInput('unprocessable', 'a link that a person decided is not audited', 'linkId');
      const audit: LinkAudit = {
        auditId: uuidByTime({ msecs: Number(recordedAtUs / 1000n) }),
        traceId: link.traceId,
        linkId: link.linkId,
        tier: link.tier,
        isRight: body.verdict === 'right',
        note: body.note ?? null,
        recordedAtUs,
        recordedBy: caller.principalId,
      };
      const leaf = encodeLeaf('link', recordedAtUs, {
        audit: audit.auditId,
        link: audit.linkId,
        trace: audit.traceId,
        tier: audit.tier,
        verdict: body.verdict,
        note: audit.note === null ? undefined : commitment(salt, Buffer.from(audit.note)).toString('base64'),
        key: caller.keyId,
        bootstrap: caller.isBootstrap ? true : undefined,
      });
      await recordLinkAudit(client, caller.tenantId, { ...audit, salt, leaf });
      return toAuditView(audit);
    });
  }

  @Get('link-audits')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: AuditPage })
  @ApiOperation({ summary: 'Audits of links, and what they say of each tier of evidence' })
  @ApiResponse({ status: 200, standardSchema: AuditPage })
  async list(
    @Query({ schema: PageQuery }) query: z.infer<typeof PageQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof AuditPage>> {
    const limit = pageSizeOf(this.api.limits, query.limit);
    const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const audits = await listLinkAudits(client, tenantId, after, limit + 1);
      const inForce = (await this.rules(client, tenantId)).readingAt(this.api.nowUs()).links.confidenceBps;
      const page = pageOf(audits, limit, (last) => [String(last.recordedAtUs), last.auditId]);
      return {
        tiers: (await countLinkAudits(client, tenantId)).map(({ tier, audited, right }) => ({
          tier,
          audited,
          right,
          jeffreysMean: confidenceText(jeffreysMean(right, audited)),
          inForce: isTier(tier) ? confidenceText(inForce[tier]) : null,
        })),
        audits: page.rows.map(toAuditView),
        next: page.next,
      };
    });
  }

  @Post('link-calibrations')
  @RequireRole('admin')
  @SerializeOptions({ schema: SettingView })
  @ApiOperation({
    summary: 'Give tiers of evidence the confidence that audits found',
    description:
      'Makes a version of the policy link_confidence that holds for usage from now on; what is booked stays as it is.',
  })
  @ApiResponse({ status: 201, standardSchema: SettingView })
  async calibrate(
    @Body({ schema: NewCalibrationBody }) body: NewCalibrationBody,
    @Query({ schema: PreviewQuery }) { previewId }: z.infer<typeof PreviewQuery>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof SettingView>> {
    const nowUs = this.api.nowUs();
    const { setting } = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const version = await planCalibration(client, caller, body, nowUs);
      const planned = await planSetting(client, caller, 'policies', version, [], nowUs);
      const digest = previewDigest('link_calibration', body);
      const change = { kind: 'link_calibration', digest, previewId, needsApproval: false } as const;
      const proof = await provePreview(client, caller.tenantId, change, nowUs);
      if (proof !== null) holdAgainstPreview(planned, proof.preview);
      return recordVersion(client, caller, 'policies', version, planned, nowUs, proof?.proof);
    });
    await this.api.wake('work-through-facts');
    return toSettingView(setting);
  }

  private async rules(client: Client, tenantId: bigint): Promise<Rules> {
    const { definitions, policies, keyMappings } = await readTenantRules(client, tenantId);
    return new Rules(definitions, policies, keyMappings);
  }
}

const isTier = (text: string): text is Tier => TIERS.some((tier) => tier === text);

const toAuditView = ({ isRight, recordedAtUs, ...audit }: LinkAudit): z.infer<typeof AuditView> => ({
  ...audit,
  verdict: isRight ? 'right' : 'wrong',
  recordedAt: formatWireTime(recordedAtUs),
});
