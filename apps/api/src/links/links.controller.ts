import { randomBytes } from 'node:crypto';
import { commitment, encodeLeaf, merkleRoot, canonicalJson } from '#evidence';
import { toRef, type Ref } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  inTenantSnapshot,
  readLinkDecisions,
  readLinksOf,
  readLinksOfTraces,
  recordLinkDecision,
  type Client,
  type StoredLinkDecision,
} from '#store';
import { Body, Controller, Get, Inject, Post, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { v7 as uuidByTime } from 'uuid';
import type { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { previewDigest, PreviewQuery } from '../previews/preview-kind.ts';
import { provePreview } from '../previews/prove-preview.ts';
import { DecisionsView, LinkPage, LinkQuery, NewLinkBody } from './link-bodies.ts';
import { toDecisionView, toLinkView } from './link-views.ts';
import { stepsDecided } from './steps-decided.ts';
import { workItemDecided } from './work-item-decided.ts';

/** Whose steps are, by the evidence and by the word of people. */
@ApiTags('links')
@Controller('v1/links')
export class LinksController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: LinkPage })
  @ApiOperation({
    summary: 'Links of a trace or work item: those that stand, or with history every one there was',
  })
  @ApiResponse({ status: 200, standardSchema: LinkPage })
  async list(
    @Query({ schema: LinkQuery }) query: z.infer<typeof LinkQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof LinkPage>> {
    const withHistory = query.history === 'true';
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const links =
        query.trace_id === undefined
          ? await readLinksOf(client, tenantId, null, toRef(query.kind!, tenantId, query.key!), withHistory)
          : await readLinksOfTraces(client, tenantId, [query.trace_id], withHistory);
      const traceIds = query.trace_id === undefined ? links.map(({ traceId }) => traceId) : [query.trace_id];
      const decisions = await readLinkDecisions(client, tenantId, [...new Set(traceIds)]);
      return { links: links.map(toLinkView), decisions: decisions.map(toDecisionView) };
    });
  }

  @Post()
  @RequireRole('analyst')
  @ApiOperation({
    summary: 'Decide whose steps are',
    description:
      'Recorded for ever with who and why; nothing is changed, a later decision follows it. A link moves the cost of the ' +
      'steps to the work item whatever they say themselves; an unlink takes them from it. Accepting a suggestion of the ' +
      'worklists is such a link.',
  })
  @ApiResponse({ status: 201, standardSchema: DecisionsView })
  async decide(
    @Body({ schema: NewLinkBody }) body: NewLinkBody,
    @Query({ schema: PreviewQuery }) { previewId }: z.infer<typeof PreviewQuery>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof DecisionsView>> {
    const ref = toRef(body.workItem.kind, caller.tenantId, body.workItem.key);
    const decision = await asTenant(this.api.db, caller.tenantId, (client) =>
      this.record(client, caller, ref, body, previewId),
    );
    await this.api.wake('work-through-facts');
    return { decisionId: decision[0]!.decisionId, decisions: decision.map(toDecisionView) };
  }

  private async record(
    client: Client,
    caller: Principal,
    ref: Ref,
    body: NewLinkBody,
    previewId: string | undefined,
  ): Promise<StoredLinkDecision[]> {
    const { tenantId } = caller;
    const recordedAtUs = this.api.nowUs();
    const change = {
      kind: 'link',
      digest: previewDigest('link', body),
      previewId,
      needsApproval: false,
    } as const;
    const shown = await provePreview(client, tenantId, change, recordedAtUs);
    const item = await workItemDecided(client, tenantId, ref, recordedAtUs);
    const traces = await stepsDecided(client, tenantId, body);
    const salt = randomBytes(32);
    const { action, reason, attemptId = null } = body;
    const decision = {
      decisionId: uuidByTime({ msecs: Number(recordedAtUs / 1000n) }),
      workItemRef: ref,
      action,
      attemptId,
      reason,
      recordedAtUs,
      recordedBy: caller.principalId,
    };
    const leaf = encodeLeaf('link', recordedAtUs, {
      decision: decision.decisionId,
      action,
      workItem: item,
      traces: {
        count: traces.length,
        root: merkleRoot(traces.map((trace) => Buffer.from(canonicalJson(trace)))).toString('base64'),
      },
      reason: commitment(salt, Buffer.from(reason)).toString('base64'),
      key: caller.keyId,
      bootstrap: caller.isBootstrap ? true : undefined,
      preview: shown?.proof,
    });
    await recordLinkDecision(client, tenantId, { ...decision, traces, salt, leaf });
    return traces.map((trace) => ({ ...decision, ...trace }));
  }
}
