import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { canonicalProvider } from '../provider-identity.ts';
import { priceRowSchema, SERVICE_TIERS, type PriceTable } from '../price-row.ts';
import { issueRows } from '../book-version.ts';
import {
  PriceImport,
  plainRow,
  type DraftRow,
  type ImportedPrices,
  type PriceField,
} from './imported-prices.ts';

const MILLION = 1_000_000n;

/** Price columns: per million tokens, or per one of the unit. An empty cell is no price. */
const PRICE_COLUMNS: Readonly<Record<string, PriceField>> = {
  input_per_million: { priceClass: 'in_uncached', per: MILLION },
  cache_read_per_million: { priceClass: 'cache_read', per: MILLION },
  cache_write_per_million: { priceClass: 'cache_write_5m', per: MILLION },
  cache_write_1h_per_million: { priceClass: 'cache_write_1h', per: MILLION },
  output_per_million: { priceClass: 'out_text', per: MILLION },
  reasoning_per_million: { priceClass: 'reasoning', per: MILLION },
  audio_input_per_million: { priceClass: 'audio_in', per: MILLION },
  audio_output_per_million: { priceClass: 'audio_out', per: MILLION },
  audio_cache_read_per_million: { priceClass: 'audio_cache_read', per: MILLION },
  image_input_per_million: { priceClass: 'image_in', per: MILLION },
  image_output_per_million: { priceClass: 'image_out', per: MILLION },
  per_request: { priceClass: 'request', per: 1n },
  per_search: { priceClass: 'search', per: 1n },
  per_image: { priceClass: 'image', per: 1n },
  per_audio_second: { priceClass: 'audio_second', per: 1n },
  per_tool_call: { priceClass: 'tool_call', per: 1n },
};
const OTHER_COLUMNS = [
  'provider',
  'model',
  'match',
  'valid_from',
  'valid_to',
  'currency',
  'service_tier',
  'above_tokens',
];

const record = z.object({
  provider: z.string().min(1).max(100),
  model: z.string().min(1).max(512),
  match: z.string().default(''),
  valid_from: z.string().default(''),
  valid_to: z.string().default(''),
  currency: z.string().default(''),
  service_tier: z.enum(['', 'standard', ...SERVICE_TIERS]).default(''),
  above_tokens: z
    .string()
    .regex(/^\d{0,18}$/, 'a whole number')
    .default(''),
});
type CsvRecord = z.infer<typeof record>;

const MAX_LINES = 100_000;

/**
 * Reads a price list as CSV (RFC 4180, a header line, UTF-8).
 *
 * Columns: `provider` and `model` (required; provider `*` means any); `match`, more exact names of the model
 * separated by `|`; `valid_from` (inclusive) and `valid_to` (exclusive) as `2026-09-01` or `2026-09-01T00:00:00Z`,
 * empty = open; `currency`, default USD; `service_tier`, default standard; and the price columns: `input`,
 * `cache_read`, `cache_write`, `cache_write_1h`, `output`, `reasoning`, `audio_input`, `audio_output`,
 * `audio_cache_read`, `image_input`, `image_output`, each with `_per_million`, and `per_request`, `per_search`,
 * `per_image`, `per_audio_second`, `per_tool_call`. A line with `above_tokens` gives the prices of the line of the same provider, model, dates and
 * tier for prompts strictly above that many tokens, and follows it.
 *
 * @returns the rows; lines and cells that break a rule are refused singly. An unknown column refuses the file.
 */
export function importPriceCsv(text: string): ImportedPrices {
  const prices = new PriceImport();
  const lines = readLines(text);
  if (typeof lines === 'string') {
    prices.refuse('', '', null, lines);
    return prices.finish();
  }
  const rows: DraftRow[] = [];
  for (const [index, cells] of lines.entries()) {
    const read = record.safeParse(cells);
    if (read.success) importLine(prices, rows, read.data, cells);
    else
      prices.refuse(
        cells.provider ?? '',
        cells.model ?? '',
        null,
        `line ${index + 2}: ${firstIssue(read.error)}`,
      );
  }
  for (const row of rows) addChecked(prices, row);
  return prices.finish();
}

function readLines(text: string): Record<string, string>[] | string {
  try {
    const lines = z
      .array(z.record(z.string(), z.string()))
      .parse(
        parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true, to: MAX_LINES + 1 }),
      );
    if (lines.length > MAX_LINES) return `more than ${MAX_LINES} lines`;
    const unknown = Object.keys(lines[0] ?? {}).filter(
      (each) => !OTHER_COLUMNS.includes(each) && !Object.hasOwn(PRICE_COLUMNS, each),
    );
    return unknown.length === 0 ? lines : `unknown columns: ${unknown.join(', ')}`;
  } catch (error) {
    return `not CSV: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function importLine(
  prices: PriceImport,
  rows: DraftRow[],
  line: CsvRecord,
  cells: Readonly<Record<string, string>>,
): void {
  const provider =
    line.provider === '*' ? '*' : (canonicalProvider(line.provider) ?? line.provider.toLowerCase());
  const table: PriceTable = {};
  for (const [column, field] of Object.entries(PRICE_COLUMNS)) {
    const cell = cells[column] ?? '';
    if (cell !== '')
      table[field.priceClass] = prices.readPrice(provider, line.model, column, cell, field.per);
  }
  const names = [line.model, ...line.match.split('|').map((name) => name.trim())].filter(
    (name) => name !== '',
  );
  const equals = [...new Set(names)].map((name) => ({ equals: name }));
  const row: DraftRow = {
    ...plainRow(provider, line.model, table),
    match: equals.length === 1 ? equals[0]! : { or: equals },
    validFrom: instantOf(line.valid_from),
    validTo: instantOf(line.valid_to),
    asset: line.currency === '' ? 'USD/12' : `${line.currency.toUpperCase()}/12`,
    serviceTier: line.service_tier === '' || line.service_tier === 'standard' ? null : line.service_tier,
  };
  if (line.above_tokens === '') return void rows.push(row);
  const base = rows.findIndex((each) => sameRow(each, row));
  if (base < 0)
    return prices.refuse(provider, line.model, 'above_tokens', 'no line without above_tokens goes before it');
  const tier = { aboveTokens: BigInt(line.above_tokens).toString(), prices: table };
  rows[base] = { ...rows[base]!, contextTiers: [...rows[base]!.contextTiers, tier] };
}

function sameRow(a: DraftRow, b: DraftRow): boolean {
  return (
    a.provider === b.provider &&
    a.model === b.model &&
    a.validFrom === b.validFrom &&
    a.validTo === b.validTo &&
    a.serviceTier === b.serviceTier
  );
}

function instantOf(text: string): string | null {
  if (text === '') return null;
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
}

function addChecked(prices: PriceImport, row: DraftRow): void {
  const [issued] = issueRows([row], { tenantId: '0', book: 'csv' }, 1);
  const checked = priceRowSchema.safeParse(issued);
  if (checked.success) prices.add(row);
  else prices.refuse(row.provider, row.model, null, firstIssue(checked.error));
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'not valid' : `${issue.path.join('.')}: ${issue.message}`;
}
