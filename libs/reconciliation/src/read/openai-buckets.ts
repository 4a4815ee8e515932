import { readBuckets, type JsonBuckets } from './bill-json.ts';
import { readCsvRecords } from './csv-records.ts';

/**
 * Buckets of the organization API in JSON, or of the CSV that OpenAI's usage page exports: one row a bucket and group,
 * the same field names, `amount_value` and `amount_currency` for the amount, and a row without a figure for an idle day.
 *
 * @throws SyntaxError when the text is neither
 */
export function readOpenaiBuckets(text: string): JsonBuckets {
  if (/^\s*[[{]/.test(text)) return readBuckets(text);
  const records = readCsvRecords(text);
  if (records[0] !== undefined && !('start_time' in records[0].cells))
    throw new SyntaxError('not an export of OpenAI: it has no column start_time');
  return {
    isTruncated: false,
    buckets: records
      .filter(({ cells }) => !isIdle(cells))
      .map(({ cells: { start_time, end_time, ...cells } }) => ({
        start_time,
        end_time,
        results: [
          {
            ...cells,
            amount: { value: cells['amount_value'] ?? '', currency: cells['amount_currency'] ?? 'usd' },
          },
        ],
      })),
  };
}

const FIGURES = [
  'amount_value',
  'input_tokens',
  'output_tokens',
  'num_model_requests',
  'images',
  'seconds',
  'num_sessions',
];

const isIdle = (cells: Readonly<Record<string, string | null>>): boolean =>
  FIGURES.every((name) => (cells[name] ?? null) === null);
