import { randomBytes, randomUUID } from 'node:crypto';
import { COST_LINE_KINDS } from '#ledger';
import { RejectedInput, toRef } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, listCostLines, recordCostLines, type CostLineRecord } from '#store';
import { Body, Controller, Get, Inject, Post, Query, Res, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { CursorTime, CursorUuid, decodeCursor, Instant, PageSize } from '../wire.ts';
import { CostLineBody, CostLineView, toCostLineView } from './cost-line-body.ts';
import { toCostLineRecord } from './to-cost-line-record.ts';

const Lines = z.strictObject({ lines: z.array(CostLineBody).min(1).max(1000) }).meta({ id: 'NewCostLines' });
const Answer = z
  .object({
    stored: z.int(),
    duplicate: z.int(),
    lines: z.array(
      z.object({
        source: z.string(),
        id: z.string(),
        lineId: z.guid(),
        status: z.enum(['stored', 'duplicate']),
      }),
    ),
  })
  .meta({ id: 'CostLinesAnswer' });
const CostLineQuery = z.object({
  workItemKind: z.string().optional(),
  workItemKey: z.string().optional(),
  source: z.string().optional(),
  id: z.string().optional(),
  kind: z.enum(COST_LINE_KINDS).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  cursor: z.string().optional(),
  limit: PageSize,
});
const Page = z
  .object({ items: z.array(CostLineView), next: z.string().nullable() })
  .meta({ id: 'CostLinePage' });
const Cursor = z.tuple([CursorTime, CursorUuid]);
const readCursor = (cursor: string) => {
  const [receivedAtUs, surrogateId] = decodeCursor(cursor, Cursor);
  return { receivedAtUs, surrogateId };
};

@ApiTags('cost lines')
@Controller('v1/cost-lines')
export class CostLinesController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @RequireRole('outcomes')
  @ApiOperation({
    summary: 'Tell what was paid for work items beside the calls of agents',
    description:
      'Human minutes, fees of tools and platforms, hand-overs to a service provider, infrastructure. Idempotent by ' +
      '(source, id); other content under the same id is a 409. All lines of a request are stored, or none.',
  })
  @ApiResponse({ status: 201, description: 'Stored', standardSchema: Answer })
  @ApiResponse({ status: 200, description: 'All of them were stored before', standardSchema: Answer })
  async post(
    @Body({ schema: Lines }) { lines }: z.infer<typeof Lines>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof Answer>> {
    const receivedAtUs = this.api.nowUs();
    const context = { caller, receivedAtUs, newUuid: randomUUID, newSalt: () => randomBytes(32) };
    const records = lines.map((line, index) => toCostLineRecord(line, `lines[${index}]`, context));
    const distinct = new Map<string, CostLineRecord>();
    for (const record of records) {
      const name = `${record.source}\n${record.lineId}`;
      if (!distinct.has(name)) distinct.set(name, record);
    }
    const first = [...distinct.values()];
    const recorded = await asTenant(this.api.db, caller.tenantId, async (client) => {
      const received = { atUs: receivedAtUs, by: caller.principalId };
      const results = await recordCostLines(client, caller.tenantId, received, first);
      for (const [index, record] of records.entries()) {
        const leader = first.findIndex(
          (each) => each.source === record.source && each.lineId === record.lineId,
        );
        if (results[leader]!.state === 'conflict' || !first[leader]!.contentHash.equals(record.contentHash))
          throw new RejectedInput(
            'conflict',
            'this source told other content under this id before',
            `lines[${index}].id`,
          );
      }
      return new Map([...distinct.keys()].map((name, index) => [name, results[index]!]));
    });
    const answers = records.map((record) => {
      const { state, surrogateId } = recorded.get(`${record.source}\n${record.lineId}`)!;
      const isLeader = record.surrogateId === surrogateId;
      return {
        source: record.source,
        id: record.lineId,
        lineId: surrogateId,
        status: state === 'stored' && isLeader ? ('stored' as const) : ('duplicate' as const),
      };
    });
    const stored = answers.filter(({ status }) => status === 'stored').length;
    void reply.status(stored > 0 ? 201 : 200);
    if (stored > 0) await this.api.wake('work-through-facts');
    return { stored, duplicate: answers.length - stored, lines: answers };
  }

  @Get()
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: Page })
  @ApiOperation({ summary: 'Cost lines, in the order of receipt' })
  @ApiResponse({ status: 200, standardSchema: Page })
  async list(
    @Query({ schema: CostLineQuery }) query: z.infer<typeof CostLineQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof Page>> {
    const { workItemKind, workItemKey, source, id, kind, from, to, cursor } = query;
    if ((workItemKind === undefined) !== (workItemKey === undefined))
      throw new RejectedInput('invalid', 'goes with workItemKey', 'workItemKind');
    const limit = pageSizeOf(this.api.limits, query.limit);
    const lines = await asTenant(this.api.db, tenantId, (client) =>
      listCostLines(client, tenantId, {
        ref: workItemKind === undefined ? undefined : toRef(workItemKind, tenantId, workItemKey ?? ''),
        source,
        lineId: id,
        kind,
        fromUs: from,
        toUs: to,
        after: cursor === undefined ? undefined : readCursor(cursor),
        limit: limit + 1,
      }),
    );
    const page = pageOf(lines, limit, (last) => [String(last.receivedAtUs), last.surrogateId]);
    return {
      items: page.rows.map(toCostLineView),
      next: page.next,
    };
  }
}
