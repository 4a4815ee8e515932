import { randomUUID } from 'node:crypto';
import { canonicalJson, encodeLeaf, merkleRoot } from '#evidence';
import { formatPico, parsePico, RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import {
  asTenant,
  compareOutcomeControls,
  insertEvidence,
  inTenantSnapshot,
  recordOutcomeControls,
  type ComparedControl,
  type OutcomeControl,
} from '#store';
import { Body, Controller, Get, Inject, Post, Query, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { pageOf, pageSizeOf } from '../page.ts';
import { decodeCursor, formatWireTime, Instant, Money, PageSize, Time } from '../wire.ts';
import { mustSpeakFor } from './to-outcome-record.ts';
import { toValueView, ValueView } from './value-view.ts';

const Period = z
  .string()
  .regex(/^\d{4}-\d\d(-\d\d)?$/, 'must be a UTC day (2026-10-01) or month (2026-10)')
  .refine((period) => {
    const day = period.length === 7 ? `${period}-01` : period;
    return !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  }, 'is no day or month of the calendar');
const EventType = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}$/, 'must be <kind>.<verb>, as ticket.resolved');

const ControlBody = z
  .strictObject({
    source: z.string().min(1).max(512),
    period: Period.meta({ description: 'UTC day or month of the business time of the events' }),
    type: EventType,
    count: z.int().min(0).meta({ description: 'Events of this type that the source sent for the period' }),
    value: z
      .strictObject({
        amount: z
          .string()
          .refine((text) => parsePico(text) !== null, 'must be a decimal with at most 12 places'),
        currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
      })
      .nullish()
      .meta({ description: 'Sum of their values in one currency' }),
  })
  .meta({ id: 'NewOutcomeControl' });
const ControlBodies = z.union([ControlBody, z.array(ControlBody).min(1).max(1000)]);

const ControlView = z
  .object({
    source: z.string(),
    period: z.string(),
    type: z.string(),
    version: z.int(),
    count: z.int(),
    value: ValueView.nullable(),
    held: z
      .object({ count: z.int(), value: ValueView.nullable() })
      .meta({ description: 'What we hold of it now' }),
    difference: z
      .object({ count: z.int(), amount: Money.nullable() })
      .meta({ description: 'Held less stated: negative means that events are missing here' }),
    matches: z.boolean(),
    recordedAt: Time,
    recordedBy: z.guid(),
  })
  .meta({ id: 'OutcomeControl' });
const ControlPage = z
  .object({ items: z.array(ControlView), next: z.string().nullable() })
  .meta({ id: 'OutcomeControlPage' });
const ControlAnswer = z.object({ recorded: z.int() }).meta({ id: 'OutcomeControlAnswer' });

const ControlQuery = z.object({
  source: z.string().optional(),
  type: EventType.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  cursor: z.string().optional(),
  limit: PageSize,
});
const Cursor = z.tuple([z.string().max(16), z.string().max(200), z.string().max(512)]);

/** The completeness check of the denominator: what a source says it sent, beside what arrived. */
@ApiTags('outcomes')
@Controller('v1/outcomes/controls')
export class OutcomeControlsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post()
  @RequireRole('outcomes')
  @SerializeOptions({ schema: ControlAnswer })
  @ApiOperation({
    summary: 'State how many events of a type a source sent for a period',
    description: 'Append-only: another word for the same source, period and type is a new version of it.',
  })
  @ApiResponse({ status: 201, standardSchema: ControlAnswer })
  async record(
    @Body({ schema: ControlBodies }) body: z.infer<typeof ControlBodies>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof ControlAnswer>> {
    const controls = (Array.isArray(body) ? body : [body]).map(toControl);
    for (const { source, type } of controls) mustSpeakFor(caller, source, type.split('.')[0]!);
    const names = new Set(controls.map(({ source, period, type }) => JSON.stringify([source, period, type])));
    if (names.size < controls.length)
      throw new RejectedInput('invalid', 'the same source, period and type is given twice');
    const recorded = { atUs: this.api.nowUs(), by: caller.principalId };
    const { tenantId } = caller;
    return asTenant(this.api.db, tenantId, async (client) => {
      const made = await recordOutcomeControls(client, tenantId, recorded, controls);
      if (made > 0) {
        const body = controlsLeaf(controls, caller, recorded.atUs);
        const row = { kind: 'outcome.control', subjectId: randomUUID(), body };
        await insertEvidence(client, tenantId, [row], recorded.atUs);
      }
      return { recorded: made };
    });
  }

  @Get()
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: ControlPage })
  @ApiOperation({ summary: 'Control totals, newest version of each, beside what we hold' })
  @ApiResponse({ status: 200, standardSchema: ControlPage })
  async list(
    @Query({ schema: ControlQuery }) query: z.infer<typeof ControlQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof ControlPage>> {
    const limit = pageSizeOf(this.api.limits, query.limit);
    const { source, type, from: fromUs, to: toUs, cursor } = query;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, Cursor);
    const found = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      compareOutcomeControls(client, tenantId, { source, type, fromUs, toUs, after, limit: limit + 1 }),
    );
    const page = pageOf(found, limit, (last) => [last.period, last.type, last.source]);
    return {
      items: page.rows.map(toControlView),
      next: page.next,
    };
  }
}

function toControl({ source, period, type, count, value }: z.infer<typeof ControlBody>): OutcomeControl {
  return {
    source,
    period,
    type,
    count: BigInt(count),
    value:
      value === undefined || value === null
        ? null
        : { amountPico: parsePico(value.amount)!, asset: `${value.currency}/12` },
  };
}

function toControlView(control: ComparedControl): z.infer<typeof ControlView> {
  const { source, period, type, version, count, value, heldCount, heldAmountPico } = control;
  const missingPico = value === null ? null : heldAmountPico - value.amountPico;
  return {
    source,
    period,
    type,
    version,
    count: Number(count),
    value: value === null ? null : toValueView(value.amountPico, value.asset),
    held: {
      count: Number(heldCount),
      value: value === null ? null : toValueView(heldAmountPico, value.asset),
    },
    difference: {
      count: Number(heldCount - count),
      amount: missingPico === null ? null : formatPico(missingPico),
    },
    matches: heldCount === count && (missingPico === null || missingPico === 0n),
    recordedAt: formatWireTime(control.recordedAtUs),
    recordedBy: control.recordedBy,
  };
}

/** What a source said it sent, said again or not: an RFC 6962 root over the canonical totals, with their count. */
const controlsLeaf = (
  controls: readonly OutcomeControl[],
  { keyId, isBootstrap }: Principal,
  atUs: bigint,
): Buffer =>
  encodeLeaf('outcome.control', atUs, {
    controls: {
      count: controls.length,
      root: merkleRoot(
        controls.map((each) =>
          Buffer.from(canonicalJson({ ...each, value: each.value === null ? null : { ...each.value } })),
        ),
      ).toString('base64'),
    },
    key: keyId,
    bootstrap: isBootstrap ? true : undefined,
  });
