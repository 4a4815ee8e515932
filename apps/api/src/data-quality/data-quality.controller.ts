import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  hasQualityBacklog,
  inTenantSnapshot,
  listEmitters,
  readEmitters,
  readFindingExamples,
  readQualityCounts,
  readRejectedAtIngest,
  type Client,
  type EmitterRow,
} from '#store';
import { Controller, Get, Inject, Param, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { BEGINNING, Day, END } from '../reports/report-query.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { decodeCursor, formatWireTime, PageSize } from '../wire.ts';
import { DataQualityPage, EmitterQuality } from './quality-views.ts';
import { toEmitterQuality } from './to-emitter-quality.ts';

const Examples = z
  .string()
  .regex(/^\d{1,2}$/, 'must be a whole number from 0 to 99')
  .transform(Number)
  .optional()
  .meta({ description: 'How many examples of each finding, the newest traces first' });
const Name = z.string().max(255).optional();
const Period = z.object({
  from: Day.optional().meta({
    description: 'First UTC day of the starts of spans; absent = from the beginning',
  }),
  to: Day.optional().meta({ description: 'UTC day after the last one; absent = no end' }),
  examples: Examples,
});
const EmittersQuery = Period.extend({
  service: Name,
  scope: Name,
  scope_version: Name,
  dialect: Name.meta({ description: 'As openinference@1' }),
  cursor: z.string().optional(),
  limit: PageSize,
});
type Period = z.infer<typeof Period>;

const Cursor = z.tuple([z.string(), z.string(), z.string(), z.string(), z.guid()]);
const EXAMPLES = { ofMany: 2, ofOne: 20 };

@ApiTags('data quality')
@Controller('v1/data-quality')
@RequireRole('analyst', 'auditor')
export class DataQualityController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @SerializeOptions({ schema: DataQualityPage })
  @ApiOperation({
    summary: 'What was understood of the spans of each emitter, and what to do about the rest',
    description:
      'Emitters are told apart by service, instrumentation, its version and the dialect its spans were read in. ' +
      'Counts are by the UTC day a span starts.',
  })
  @ApiResponse({ status: 200, standardSchema: DataQualityPage })
  async list(
    @Query({ schema: EmittersQuery }) query: z.infer<typeof EmittersQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<DataQualityPage> {
    const period = periodOf(query);
    const limit = pageSizeOf(this.api.limits, query.limit);
    const after = query.cursor === undefined ? null : readCursor(query.cursor);
    const examples = query.examples ?? EXAMPLES.ofMany;
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const found = await listEmitters(client, tenantId, {
        ...period,
        service: query.service ?? null,
        scope: query.scope ?? null,
        scopeVersion: query.scope_version ?? null,
        dialect: query.dialect ?? null,
        after,
        limit: limit + 1,
      });
      const { rows, next } = pageOf(found, limit, placeOf);
      const rejected = await readRejectedAtIngest(client, tenantId, { ...period, examples });
      return {
        period: { from: query.from ?? null, to: query.to ?? null },
        emitters: await qualityOf(client, tenantId, rows, { ...period, examples }),
        rejectedAtIngest: rejected.map((each) => ({
          reason: each.reason,
          spans: Number(each.spans),
          first: formatWireTime(each.firstAtUs),
          last: formatWireTime(each.lastAtUs),
          examples: each.examples.map(({ subject, sinceUs }) => ({ subject, at: formatWireTime(sinceUs) })),
        })),
        notCountedYet: await hasQualityBacklog(client, tenantId),
        next,
      };
    });
  }

  @Get(':emitter')
  @SerializeOptions({ schema: EmitterQuality })
  @ApiOperation({ summary: 'One emitter, with more examples of each finding' })
  @ApiResponse({ status: 200, standardSchema: EmitterQuality })
  async read(
    @Param('emitter', { schema: z.guid() }) emitterId: string,
    @Query({ schema: Period }) query: Period,
    @Caller() { tenantId }: Principal,
  ): Promise<EmitterQuality> {
    const period = { ...periodOf(query), examples: query.examples ?? EXAMPLES.ofOne };
    return inTenantSnapshot(this.api.db, tenantId, async (client) => {
      const emitters = await readEmitters(client, tenantId, [emitterId.toLowerCase()]);
      const [quality] = await qualityOf(client, tenantId, emitters, period);
      if (quality === undefined)
        throw new RejectedInput('not_found', `there is no emitter ${emitterId} in the period`);
      return quality;
    });
  }
}

interface QualityPeriod {
  readonly fromDay: string;
  readonly toDay: string;
  readonly examples: number;
}

/** @throws RejectedInput for a period that ends before it begins */
function periodOf({ from, to }: Period): Omit<QualityPeriod, 'examples'> {
  if (from !== undefined && to !== undefined && from >= to)
    throw new RejectedInput('unprocessable', 'must be after from', 'to');
  return { fromDay: from ?? BEGINNING, toDay: to ?? END };
}

/** Emitters without a count in the period are left out. */
async function qualityOf(
  client: Client,
  tenantId: bigint,
  emitters: readonly EmitterRow[],
  { fromDay, toDay, examples }: QualityPeriod,
): Promise<EmitterQuality[]> {
  const ids = emitters.map(({ emitterId }) => emitterId);
  const counts = await readQualityCounts(client, tenantId, ids, fromDay, toDay);
  const found = counts.flatMap(({ emitterId, measure }) =>
    measure.startsWith('found:') ? { emitterId, code: measure.slice('found:'.length) } : [],
  );
  const shown = await readFindingExamples(client, tenantId, { found, fromDay, toDay, perFinding: examples });
  const otherIds = counts.flatMap(({ measure }) =>
    /^mirror:(?!unknown)/.test(measure) ? measure.slice('mirror:'.length) : [],
  );
  const others = await readEmitters(client, tenantId, [...new Set(otherIds)]);
  const byId = new Map(others.map((other) => [other.emitterId, other]));
  return emitters.flatMap((emitter) => {
    const own = counts.filter(({ emitterId }) => emitterId === emitter.emitterId);
    if (own.length === 0) return [];
    return toEmitterQuality({
      emitter,
      counts: own,
      examples: shown.filter(({ emitterId }) => emitterId === emitter.emitterId),
      others: byId,
    });
  });
}

function readCursor(cursor: string): EmitterRow {
  const [service, scope, scopeVersion, dialect, emitterId] = decodeCursor(cursor, Cursor);
  return { service, scope, scopeVersion, dialect, emitterId };
}

const placeOf = ({ service, scope, scopeVersion, dialect, emitterId }: EmitterRow): string[] => [
  service,
  scope,
  scopeVersion,
  dialect,
  emitterId,
];
