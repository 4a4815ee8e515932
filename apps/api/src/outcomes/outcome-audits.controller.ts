import { randomBytes, randomUUID } from 'node:crypto';
import { allocateSample } from '#economics';
import { parsePico, RejectedInput, toRef } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  drawOutcomeSample,
  insertAuditVerdicts,
  insertEvidence,
  insertOutcomeAudit,
  inTenantSnapshot,
  listOutcomeAudits,
  readAuditedItems,
  readCostPerOutcome,
  readOutcomeAudit,
  type Client,
  type OutcomeAudit,
  type RankedOutcome,
} from '#store';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  SerializeOptions,
} from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { toCostRow } from '../reports/cost-row.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { CursorTime, CursorUuid, decodeCursor, PageSize } from '../wire.ts';
import { auditDrawnLeaf, auditVerdictsLeaf } from './outcome-audit-leaves.ts';
import {
  AuditBody,
  AuditDetail,
  AuditPage,
  toAuditDetail,
  toAuditView,
  VerdictsBody,
  type Population,
  type Stratum,
} from './outcome-audit-views.ts';

const AuditId = z.guid();
const AuditQuery = z.object({ cursor: z.string().optional(), limit: PageSize });
const Cursor = z.tuple([CursorTime, CursorUuid]);
const MAX_STRATA = 500;
type Body = z.infer<typeof AuditBody>;

/** Samples of claimed outcomes, what reviewers said of them, and how many are real (methods.md 11). */
@ApiTags('outcomes')
@Controller('v1/outcome-audits')
export class OutcomeAuditsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @RequireRole('auditor')
  @SerializeOptions({ schema: AuditDetail })
  @ApiOperation({
    summary: 'Draw a sample of claimed outcomes, by workflow, tier and value',
    description:
      'Of each stratum the first in the order of SHA-256 over seed, a space and workItemId: reproducible by anyone.',
  })
  @ApiResponse({ status: 201, standardSchema: AuditDetail })
  async draw(
    @Body({ schema: AuditBody }) body: Body,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof AuditDetail>> {
    return asTenant(this.api.db, caller.tenantId, async (client) => {
      const nowUs = this.api.nowUs();
      const seed = body.seed ?? randomBytes(16).toString('hex');
      const range = { outcomeType: body.outcomeType, fromDay: body.from, toDay: body.to, nowUs };
      const highValue =
        body.highValue === undefined || body.highValue === null
          ? null
          : { amountPico: parsePico(body.highValue.amount)!, asset: `${body.highValue.currency}/12` };
      const perStratum = Math.max(body.sampleSize, body.minimumPerStratum);
      const ranked = await drawOutcomeSample(
        client,
        caller.tenantId,
        { ...range, highValue },
        seed,
        perStratum,
      );
      const { strata, items } = toSample(ranked, body);
      const audit: OutcomeAudit = {
        auditId: randomUUID(),
        seed,
        population: await this.populationOf(client, caller.tenantId, range, body, strata),
        strata,
        recordedAtUs: nowUs,
        recordedBy: caller.principalId,
      };
      await insertOutcomeAudit(client, caller.tenantId, audit, items);
      const drawn = await readAuditedItems(client, caller.tenantId, audit.auditId);
      const leaf = auditDrawnLeaf(audit, drawn, caller);
      const row = { kind: 'outcome.audit', subjectId: audit.auditId, body: leaf };
      await insertEvidence(client, caller.tenantId, [row], nowUs);
      return toAuditDetail(audit, drawn);
    });
  }

  @Get()
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: AuditPage })
  @ApiOperation({ summary: 'Audits of claimed outcomes, newest first' })
  @ApiResponse({ status: 200, standardSchema: AuditPage })
  async list(
    @Query({ schema: AuditQuery }) query: z.infer<typeof AuditQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof AuditPage>> {
    const limit = pageSizeOf(this.api.limits, query.limit);
    const [recordedAtUs, auditId] = query.cursor === undefined ? [] : decodeCursor(query.cursor, Cursor);
    const after = recordedAtUs === undefined || auditId === undefined ? null : { recordedAtUs, auditId };
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const audits = await listOutcomeAudits(client, tenantId, after, limit + 1);
      const page = pageOf(audits, limit, (last) => [String(last.recordedAtUs), last.auditId]);
      const items = [];
      for (const audit of page.rows)
        items.push(toAuditView(audit, await readAuditedItems(client, tenantId, audit.auditId)));
      return {
        items,
        next: page.next,
      };
    });
  }

  @Get(':auditId')
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: AuditDetail })
  @ApiOperation({ summary: 'One audit: what was drawn, the verdicts, and the estimate' })
  @ApiResponse({ status: 200, standardSchema: AuditDetail })
  async read(
    @Param('auditId', { schema: AuditId }) auditId: string,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof AuditDetail>> {
    return inTenantSnapshot(this.api.db, tenantId, (client) => this.detail(client, tenantId, auditId));
  }

  @Post(':auditId/verdicts')
  @RequireRole('auditor')
  @HttpCode(200)
  @SerializeOptions({ schema: AuditDetail })
  @ApiOperation({
    summary: 'Say which of the drawn outcomes are real',
    description: 'Append-only: another verdict on the same outcome is a new version, and counts instead.',
  })
  @ApiResponse({ status: 200, standardSchema: AuditDetail })
  async review(
    @Param('auditId', { schema: AuditId }) auditId: string,
    @Body({ schema: VerdictsBody }) { verdicts }: z.infer<typeof VerdictsBody>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof AuditDetail>> {
    const { tenantId, principalId } = caller;
    return asTenant(this.api.db, tenantId, async (client) => {
      await this.mustExist(client, tenantId, auditId);
      const items = await readAuditedItems(client, tenantId, auditId);
      const drawn = new Set(items.map(({ ref }) => ref));
      const said = new Map(
        verdicts.map(({ kind, key, valid, note }, index) => {
          const ref = toRef(kind, tenantId, key);
          if (!drawn.has(ref))
            throw new RejectedInput('invalid', 'was not drawn by this audit', `verdicts[${index}].key`);
          return [ref, { ref, isValid: valid, note: note ?? null }];
        }),
      );
      if (said.size < verdicts.length)
        throw new RejectedInput('invalid', 'has two verdicts on one outcome', 'verdicts');
      const recorded = { atUs: this.api.nowUs(), by: principalId };
      const added = await insertAuditVerdicts(client, tenantId, auditId, recorded, [...said.values()]);
      if (added > 0) {
        const judged = items.flatMap((item) => {
          const verdict = said.get(item.ref);
          return verdict === undefined ? [] : [{ ...item, isValid: verdict.isValid }];
        });
        const body = auditVerdictsLeaf(auditId, judged, caller, recorded.atUs);
        const row = { kind: 'outcome.audit', subjectId: auditId, body };
        await insertEvidence(client, tenantId, [row], recorded.atUs);
      }
      return this.detail(client, tenantId, auditId);
    });
  }

  private async populationOf(
    client: Client,
    tenantId: bigint,
    range: { outcomeType: string; fromDay: string; toDay: string; nowUs: bigint },
    body: Body,
    strata: readonly z.infer<typeof Stratum>[],
  ): Promise<z.infer<typeof Population>> {
    const question = { ...range, view: 'settled', groupBy: [], size: null } as const;
    const [total] = await readCostPerOutcome(client, tenantId, question);
    const { costUsd, bound } = toCostRow(total!, [], false);
    return {
      outcomeType: body.outcomeType,
      from: body.from,
      to: body.to,
      highValue: body.highValue ?? null,
      claimed: strata.reduce((sum, { claimed }) => sum + claimed, 0),
      costUsd,
      ...(bound === undefined ? {} : { bound }),
    };
  }

  private async mustExist(client: Client, tenantId: bigint, auditId: string): Promise<OutcomeAudit> {
    const audit = await readOutcomeAudit(client, tenantId, auditId);
    if (audit === null) throw new RejectedInput('not_found', `there is no outcome audit ${auditId}`);
    return audit;
  }

  private async detail(
    client: Client,
    tenantId: bigint,
    auditId: string,
  ): Promise<z.infer<typeof AuditDetail>> {
    const audit = await this.mustExist(client, tenantId, auditId);
    return toAuditDetail(audit, await readAuditedItems(client, tenantId, auditId));
  }
}

/** @throws RejectedInput for a population that is empty or has too many strata */
function toSample(ranked: readonly RankedOutcome[], { sampleSize, minimumPerStratum }: Body) {
  const byStratum = new Map<string, RankedOutcome[]>();
  for (const outcome of ranked) {
    const name = JSON.stringify([outcome.segment, outcome.tier, outcome.isHighValue]);
    const list = byStratum.get(name);
    if (list === undefined) byStratum.set(name, [outcome]);
    else list.push(outcome);
  }
  const lists = [...byStratum.values()];
  if (lists.length === 0)
    throw new RejectedInput('unprocessable', 'no outcome of this type is final in the range', 'outcomeType');
  if (lists.length > MAX_STRATA)
    throw new RejectedInput('unprocessable', `the outcomes have over ${MAX_STRATA} strata`, 'highValue');
  const sizes = allocateSample(
    lists.map((list) => list[0]!.claimed),
    sampleSize,
    minimumPerStratum,
  );
  return {
    strata: lists.map(([first], index): z.infer<typeof Stratum> => ({
      segment: first!.segment,
      tier: first!.tier,
      highValue: first!.isHighValue,
      claimed: first!.claimed,
      sampled: sizes[index]!,
    })),
    items: lists.flatMap((list, stratum) =>
      list.slice(0, sizes[stratum]).map(({ ref, rank }) => ({ ref, stratum, place: rank })),
    ),
  };
}
