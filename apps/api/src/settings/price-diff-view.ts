import { USAGE_UNITS, type BookChange } from '#pricing';
import { z } from 'zod';
import { csvLine } from '#files';
import { Json } from '../wire.ts';

const Effect = z
  .enum(['dearer', 'cheaper', 'same', 'now_priced', 'now_unpriced', 'other_currency', 'mixed'])
  .meta({ description: 'Which way it moves what is charged' });
const Pico = z.string().nullable().meta({ description: 'Pico-units per token or unit; null: not stated' });

/** One row of two price books that differs. */
export const PriceDifference = z
  .object({
    change: z.enum(['added', 'removed', 'changed']),
    effect: Effect,
    provider: z.string(),
    model: z.string(),
    validFrom: z.string().nullable(),
    serviceTier: z.string().nullable(),
    prices: z.array(
      z.object({
        class: z.string(),
        aboveTokens: z.string().nullable(),
        before: Pico,
        after: Pico,
        effect: Effect,
      }),
    ),
    fields: z.array(z.string()).meta({ description: 'What else of a changed row differs' }),
    before: Json.meta({ description: 'The whole row; null when added' }),
    after: Json.meta({ description: 'The whole row; null when removed' }),
  })
  .meta({ id: 'PriceDifference' });
type PriceDifference = z.infer<typeof PriceDifference>;

export const DifferenceCounts = z
  .object({ added: z.int(), removed: z.int(), changed: z.int() })
  .meta({ id: 'PriceDifferenceCounts' });

export function toDifferenceView(change: BookChange): PriceDifference {
  const row = (change.after ?? change.before)!;
  return {
    change: change.kind,
    effect: change.effect,
    provider: row.provider,
    model: row.model,
    validFrom: row.validFrom,
    serviceTier: row.serviceTier,
    prices: change.prices.map(({ priceClass, ...price }) => ({ class: priceClass, ...price })),
    fields: [...change.fields],
    before: Json.parse(change.before),
    after: Json.parse(change.after),
  };
}

export function countDifferences(changes: readonly BookChange[]): z.infer<typeof DifferenceCounts> {
  const count = (kind: BookChange['kind']) => changes.filter((each) => each.kind === kind).length;
  return { added: count('added'), removed: count('removed'), changed: count('changed') };
}

const HEADER = [
  'change',
  'provider',
  'model',
  'valid_from',
  'service_tier',
  'currency_before',
  'currency_after',
  'class',
  'unit',
  'above_tokens',
  'before_pico',
  'after_pico',
  'effect',
  'other_fields',
];

/** RFC 4180 text with a header: one line per price that differs, and one per row of which only other fields do. */
export function differencesCsv(changes: readonly BookChange[]): string {
  const lines = changes.flatMap(({ kind, before, after, prices, fields, effect }) => {
    const row = (after ?? before)!;
    const currencies = [before, after].map((side) => side?.asset.split('/')[0]);
    const start = [kind, row.provider, row.model, row.validFrom, row.serviceTier, ...currencies];
    const end = [fields.join(' ')];
    if (prices.length === 0) return [[...start, '', '', '', '', '', effect, ...end]];
    return prices.map((price) => [
      ...start,
      price.priceClass,
      USAGE_UNITS.some((unit) => unit === price.priceClass) ? 'each' : 'token',
      price.aboveTokens,
      price.before,
      price.after,
      price.effect,
      ...end,
    ]);
  });
  return [HEADER, ...lines].map(csvLine).join('');
}
