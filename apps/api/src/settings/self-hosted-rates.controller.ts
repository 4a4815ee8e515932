import { effectiveRows, explainRate, inputsOfRate, selfHostedRate, type PriceRow } from '#pricing';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, inTenantSnapshot, readBookRows, type PriceList } from '#store';
import { Body, Controller, Get, Inject, Post, Query, Res, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { SELF_HOSTED_RATES } from './kept-books.ts';
import { BookVersionView } from './price-book-bodies.ts';
import { PreviewQuery } from '../previews/preview-kind.ts';
import { provePrices } from './prove-prices.ts';
import { recordBookVersion, toBookView } from './record-book-version.ts';
import { RateBody } from './self-hosted-bodies.ts';

const RateView = z
  .object({
    priceId: z.guid().meta({ description: 'As it stands on charges' }),
    version: z.int(),
    isStanding: z.boolean().meta({ description: 'false: a later version of the same start says otherwise' }),
    provider: z.string(),
    model: z.string(),
    validFrom: z.string().nullable(),
    validTo: z.string().nullable(),
    currency: z.string(),
    inputs: z.record(z.string(), z.string()).meta({ description: 'Everything the rate is made of' }),
    steps: z
      .array(z.object({ name: z.string(), formula: z.string(), numbers: z.string(), value: z.string() }))
      .meta({ description: 'The formula with its numbers, from the inputs to the price of a token' }),
    practicalCapacity: z
      .string()
      .meta({ description: 'Share of the paid hours that the price is spread over' }),
    prices: z.record(z.string(), z.string()).meta({
      description: 'Per class: whole pico-units per token, rounded half-even once, when the rate was made',
    }),
    grade: z.literal('assumed'),
  })
  .meta({ id: 'SelfHostedRate' });
type RateView = z.infer<typeof RateView>;
const RateList = z.object({ items: z.array(RateView) }).meta({ id: 'SelfHostedRates' });
const RateAnswer = z
  .object({
    version: BookVersionView.nullable().meta({ description: 'null: the rate stands so already' }),
    rate: RateView,
  })
  .meta({ id: 'SelfHostedRateAnswer' });

/** What a token of a self-hosted model costs, made from what running it costs; dated, with its inputs. */
@ApiTags('settings')
@Controller('v1/self-hosted-rates')
export class SelfHostedRatesController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get()
  @RequireRole('analyst', 'auditor')
  @SerializeOptions({ schema: RateList })
  @ApiOperation({ summary: 'Rates of self-hosted models, every version, with the formula and its numbers' })
  @ApiResponse({ status: 200, standardSchema: RateList })
  async list(@Caller() { tenantId }: Principal): Promise<z.infer<typeof RateList>> {
    const rows = await inTenantSnapshot(this.api.db, tenantId, (client) =>
      readBookRows(client, tenantId, SELF_HOSTED_RATES),
    );
    return { items: toRateViews(rows) };
  }

  @Post()
  @RequireRole('admin')
  @ApiOperation({
    summary: 'Say what running a model costs and how fast it is',
    description:
      'Makes a dated rate per token: another price of power or another amortisation is a new version, and re-prices ' +
      'the usage it touches by correcting entries. What capacity costs and nobody used is never in a rate: see ' +
      '/v1/reports/self-hosted-capacity.',
  })
  @ApiResponse({ status: 201, standardSchema: RateAnswer })
  @ApiResponse({ status: 200, description: 'The rate stands so already', standardSchema: RateAnswer })
  async declare(
    @Body({ schema: RateBody }) body: z.infer<typeof RateBody>,
    @Query({ schema: PreviewQuery }) { previewId }: z.infer<typeof PreviewQuery>,
    @Caller() { tenantId, principalId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof RateAnswer>> {
    const { source, rate } = body;
    const draft = selfHostedRate(rate);
    const list: PriceList = {
      tenantId,
      book: SELF_HOSTED_RATES,
      source,
      rows: [draft],
      mode: { kind: 'add' },
      createdBy: principalId,
      recordedAtUs: this.api.nowUs(),
    };
    const asked = { kind: 'self_hosted_rate', body, previewId, list } as const;
    const { version, rows } = await asTenant(this.api.db, tenantId, async (client) => {
      const shown = await provePrices(client, asked, list.recordedAtUs);
      return {
        version: await recordBookVersion(client, { ...list, preview: shown?.proof }, shown?.root ?? null),
        rows: await readBookRows(client, tenantId, SELF_HOSTED_RATES),
      };
    });
    void reply.status(version === null ? 200 : 201);
    if (version !== null) await this.api.wake('work-through-facts');
    const standing = effectiveRows(rows).filter(
      ({ provider, model, validFrom }) =>
        provider === draft.provider && model === draft.model && validFrom === draft.validFrom,
    );
    return { version: version === null ? null : toBookView(version), rate: toRateViews(standing)[0]! };
  }
}

/** By provider, model, start and version. */
function toRateViews(rows: readonly PriceRow[]): RateView[] {
  const standing = new Set(effectiveRows(rows));
  return rows
    .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : orderOf(a) > orderOf(b) ? 1 : a.version - b.version))
    .flatMap((row) => {
      const inputs = inputsOfRate(row);
      if (inputs === null) return [];
      const { priceId, version, provider, model, validFrom, validTo } = row;
      const view: RateView = {
        priceId,
        version,
        isStanding: standing.has(row),
        provider,
        model,
        validFrom,
        validTo,
        currency: inputs.currency,
        inputs: row.inputs,
        steps: explainRate(inputs).map((step) => ({ ...step })),
        practicalCapacity: inputs.practicalCapacity,
        prices: Object.fromEntries(
          Object.entries(row.prices).flatMap(([each, price]) => (price === null ? [] : [[each, price]])),
        ),
        grade: 'assumed',
      };
      return [view];
    });
}

const orderOf = ({ provider, model, validFrom }: PriceRow): string =>
  JSON.stringify([provider, model, validFrom ?? '']);
