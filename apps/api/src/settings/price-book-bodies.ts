import {
  importGenaiPrices,
  importLitellmMap,
  importModelsDev,
  importPriceCsv,
  plainRow,
  priceRowSchema,
  type DraftRow,
  type ImportedPrices,
  type PriceRow,
} from '#pricing';
import { RejectedInput } from '#model';
import { z } from 'zod';
import { PreviewQuery } from '../previews/preview-kind.ts';
import { Time, Json } from '../wire.ts';
import { DifferenceCounts, PriceDifference } from './price-diff-view.ts';

const Book = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'must be 1 to 100 of a-z, 0-9, ".", "_" and "-"');
const Mode = z.enum(['add', 'replace']).meta({
  description:
    'add: the rows join the book and supersede those of the same model, start and tier. replace: the book says just this.',
});

/** A price row as it is given: what is left out is as in `plainRow` (valid for ever, standard tier, USD). */
const GivenRow = z
  .looseObject({
    provider: z.string().min(1).max(100).meta({ description: 'Who bills: openai, aws, ...; * for any' }),
    model: z.string().min(1).max(512),
    prices: z.record(z.string(), z.string()).meta({
      description:
        'Per class (in_uncached, out_text, ...): whole pico-units per token or unit; $3 per million = "3000000"',
    }),
  })
  .meta({
    id: 'GivenPriceRow',
    description: 'Other members as in a stored row: validFrom, validTo, asset, match, ...',
  });

export const PriceBookBody = z
  .discriminatedUnion('format', [
    z.strictObject({
      book: Book,
      source: z.string().min(1).max(500),
      mode: Mode.default('add'),
      format: z.literal('rows'),
      rows: z.array(GivenRow).min(1).max(20_000),
    }),
    z.strictObject({
      book: Book,
      source: z.string().min(1).max(500),
      mode: Mode.default('add'),
      format: z.enum(['litellm', 'genai-prices', 'models.dev']),
      validFrom: z.iso.datetime({ precision: 0 }).nullable().default(null).meta({
        description: 'From when on; null = from the beginning. genai-prices dates its prices itself',
      }),
      data: Json.meta({ description: 'The file as its project publishes it' }),
    }),
  ])
  .meta({ id: 'NewPriceBookVersion' });

/** The first three are for a CSV body, which cannot hold them. */
export const PriceBookQuery = z.object({
  book: Book.optional(),
  source: z.string().min(1).max(500).optional(),
  mode: Mode.default('add'),
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({ description: 'true: say what would differ, and record nothing' }),
  previewId: PreviewQuery.shape.previewId,
  root: z.base64().optional().meta({
    description: 'Record only if the rows are those that a dry run gave this root; else 409',
  }),
});

export const BookVersionView = z
  .object({
    book: z.string(),
    version: z.int(),
    isShipped: z.boolean(),
    source: z.string(),
    rowCount: z.int().meta({ description: 'Rows this version changed' }),
    root: z.string().meta({ description: 'RFC 6962 root over the canonical rows, as in the evidence log' }),
    createdAt: Time,
    createdBy: z.guid().nullable(),
  })
  .meta({ id: 'PriceBookVersion' });

export const BookList = z.object({ items: z.array(BookVersionView) }).meta({ id: 'PriceBooks' });
export const BookRows = BookVersionView.extend({ rows: z.array(Json), next: z.string().nullable() }).meta({
  id: 'PriceBookRows',
});

const Imported = {
  snapped: z.array(Json).meta({ description: 'Prices moved to a whole pico-unit, by at most 1e-9 of them' }),
  refused: z.array(Json).meta({ description: 'What was not taken over, and why' }),
};

/** What an import would change. */
const PriceBookPreview = z
  .object({
    version: z.int().meta({ description: 'The version it would become' }),
    rowCount: z.int().meta({ description: 'Rows it would record' }),
    root: z.string().meta({ description: 'RFC 6962 root over them: give it with the request that records' }),
    counts: DifferenceCounts,
    differences: z.array(PriceDifference).meta({ description: 'At most the largest page of them' }),
  })
  .meta({ id: 'PriceBookPreview' });

export const BookAnswer = z
  .object({
    version: BookVersionView.nullable().meta({
      description:
        'What was recorded; null: nothing, because the book says all of this already, or in a dry run',
    }),
    preview: PriceBookPreview.nullable().meta({
      description: 'In a dry run: what would be recorded; null: nothing, the book says all of this already',
    }),
    ...Imported,
  })
  .meta({ id: 'PriceBookAnswer' });

export const BookDifference = z
  .object({
    book: z.string(),
    isShipped: z.boolean(),
    from: z.int(),
    to: z.int(),
    counts: DifferenceCounts,
    differences: z.array(PriceDifference),
    next: z.string().nullable(),
  })
  .meta({ id: 'PriceBookDifference' });

const UNPLACED = {
  priceId: '00000000-0000-4000-8000-000000000000',
  tenantId: '0',
  book: 'unplaced',
  version: 1,
} as const;

/** @throws ZodError with the path of what is wrong, as in `rows[3].prices.out_text` */
export function readBody(body: z.infer<typeof PriceBookBody>): ImportedPrices {
  if (!('rows' in body)) {
    const validity = { validFrom: body.validFrom, validTo: null };
    if (body.format === 'litellm') return importLitellmMap(body.data, validity);
    return body.format === 'models.dev' ? importModelsDev(body.data, validity) : importGenaiPrices(body.data);
  }
  const { rows } = z.object({ rows: z.array(priceRowSchema) }).parse({
    rows: body.rows.map((given) => ({ ...plainRow(given.provider, given.model, {}), ...given, ...UNPLACED })),
  });
  const alias = rows.findIndex(({ aliasOf }) => aliasOf !== undefined);
  if (alias >= 0)
    throw new RejectedInput('invalid', 'is declared by /v1/model-aliases', `rows[${alias}].aliasOf`);
  return { rows: rows.map(toDraft), snapped: [], refused: [] };
}

const toDraft = ({
  priceId: _id,
  tenantId: _tenant,
  book: _book,
  version: _version,
  ...draft
}: PriceRow): DraftRow => draft;

/** @throws RejectedInput when no line of the file can be taken */
export function readCsv(text: string): ImportedPrices {
  const imported = importPriceCsv(text);
  if (imported.rows.length === 0)
    throw new RejectedInput('invalid', imported.refused[0]?.reason ?? 'the file has no prices', 'body');
  return imported;
}
