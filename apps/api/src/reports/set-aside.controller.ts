import { Caller, RequireRole, type Principal } from '#server';
import {
  groupSetAside,
  inTenantSnapshot,
  listSetAside,
  SET_ASIDE_KINDS,
  type Client,
  type SetAsideKind,
} from '#store';
import { Controller, Get, Inject, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { suggestItems, suggestTraces, Suggestion } from './suggestions.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { CursorTime, CursorUuid, decodeCursor, formatWireTime, PageSize, Time, Json } from '../wire.ts';

const SetAsideQuery = z.object({
  kind: z.enum(SET_ASIDE_KINDS),
  cleared: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'true: list what was cleared too' }),
  cursor: z.string().optional(),
  limit: PageSize,
});

const Cursor = z.tuple([CursorTime, CursorUuid]);
const readCursor = (cursor: string) => {
  const [sinceUs, id] = decodeCursor(cursor, Cursor);
  return { sinceUs, id };
};

const SetAsidePage = z
  .object({
    kind: z.enum(SET_ASIDE_KINDS),
    groups: z
      .array(
        z.object({
          reason: z.string(),
          provider: z.string().nullable(),
          model: z.string().nullable(),
          entries: z.int(),
          calls: z.int().nullable(),
          since: Time,
        }),
      )
      .meta({ description: 'All open entries by cause; unpriced ones by provider and model' }),
    items: z.array(
      z.object({
        id: z.guid(),
        reason: z.string(),
        subject: z.string().meta({ description: 'The trace, work item, event or model it is about' }),
        detail: Json,
        since: Time,
        clearedAt: Time.nullable(),
        suggestions: z.array(Suggestion).meta({
          description: 'Of unmatched spend and outcomes: what may belong together, the most likely first',
        }),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'SetAsidePage' });

@ApiTags('set aside')
@Controller('v1/set-aside')
@RequireRole('analyst', 'auditor')
export class SetAsideController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @SerializeOptions({ schema: SetAsidePage })
  @ApiOperation({ summary: 'What could not be matched, priced or stored, and why: the worklists' })
  @ApiResponse({ status: 200, standardSchema: SetAsidePage })
  async list(
    @Query({ schema: SetAsideQuery }) query: z.infer<typeof SetAsideQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof SetAsidePage>> {
    const limit = pageSizeOf(this.api.limits, query.limit);
    const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const filter = { kind: query.kind, withCleared: query.cleared === 'true', after, limit: limit + 1 };
      const rows = await listSetAside(client, tenantId, filter);
      const groups = await groupSetAside(client, tenantId, query.kind);
      const page = pageOf(rows, limit, (last) => [String(last.sinceUs), last.id]);
      const subjects = page.rows.map(({ subject }) => subject);
      const suggestions = await this.suggest(client, tenantId, query.kind, subjects);
      return {
        kind: query.kind,
        groups: groups.map(({ sinceUs, entries, calls, ...group }) => ({
          ...group,
          entries: Number(entries),
          calls: calls === null ? null : Number(calls),
          since: formatWireTime(sinceUs),
        })),
        items: page.rows.map(({ sinceUs, clearedAtUs, detail, ...row }) => ({
          ...row,
          detail: Json.parse(detail),
          since: formatWireTime(sinceUs),
          clearedAt: clearedAtUs === null ? null : formatWireTime(clearedAtUs),
          suggestions: suggestions.get(row.subject) ?? [],
        })),
        next: page.next,
      };
    });
  }

  /** What unmatched spend and outcomes may belong to; nothing else has suggestions. */
  private async suggest(
    client: Client,
    tenantId: bigint,
    kind: SetAsideKind,
    subjects: readonly string[],
  ): Promise<ReadonlyMap<string, Suggestion[]>> {
    const nowUs = this.api.nowUs();
    if (kind === 'unmatched_spend') return suggestItems(client, tenantId, subjects, nowUs);
    if (kind !== 'unmatched_outcome') return new Map();
    // Events that nobody could read stand in the same worklist; only items have spend.
    const refs = subjects.filter((subject) => !subject.startsWith('outcome:'));
    return suggestTraces(client, tenantId, refs, nowUs);
  }
}
