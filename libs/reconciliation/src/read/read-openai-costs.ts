import { z } from 'zod';
import type { BillClass, ReadBill } from '../bill-line.ts';
import { readPicoAmount } from '../pico-amount.ts';
import { count, firstIssue, label, numberText, readResults } from './bill-json.ts';
import { readOpenaiBuckets } from './openai-buckets.ts';
import { unixBucket } from './unix-bucket.ts';

const costs = z.looseObject({
  amount: z.object({ value: numberText, currency: z.string().length(3) }),
  line_item: label,
  project_id: label,
  api_key_id: label,
  quantity: count,
});

/** `gpt-4o-2024-08-06, cached input`; other line items (`Web search`, `Image models`) name no model. */
const MODEL_LINE = /^([a-z0-9][\w.:/-]{0,200}),\s*(cached input|input|output)$/i;
const CLASS_OF: Readonly<Record<string, BillClass>> = {
  input: 'in_uncached',
  'cached input': 'cache_read',
  output: 'output',
};

/**
 * Reads pages of OpenAI's `/v1/organization/costs` (asked with `group_by=line_item`, else there is one amount a day and
 * project). Amounts are printed doubles, read from their text. Requests served from a batch are not told apart.
 *
 * @throws SyntaxError when the text is no such page
 */
export function readOpenaiCosts(text: string): ReadBill {
  return readResults(readOpenaiBuckets(text), unixBucket, ['costs_without_tokens'], (bucket, raw, line) => {
    const result = costs.safeParse(raw);
    if (!result.success) return { reason: firstIssue(result.error) };
    const amount = readPicoAmount(result.data.amount.value);
    if (amount === null) return { reason: `amount.value: not an amount: ${result.data.amount.value}` };
    const item = MODEL_LINE.exec(result.data.line_item ?? '');
    return {
      rounded: amount.isRounded ? 1 : 0,
      lines: [
        {
          line,
          provider: 'openai',
          startsAtUs: bucket.start_time * 1_000_000n,
          endsAtUs: bucket.end_time * 1_000_000n,
          project: result.data.project_id,
          apiKeyId: result.data.api_key_id,
          model: item?.[1] ?? null,
          billClass: item === null ? null : (CLASS_OF[item[2]!.toLowerCase()] ?? null),
          serviceTier: null,
          contextWindow: null,
          region: null,
          quantity: result.data.quantity,
          amountPico: amount.pico,
          currency: result.data.amount.currency.toUpperCase(),
          category: amount.pico < 0n ? 'credit' : 'usage',
          invoiceId: null,
          description: result.data.line_item,
        },
      ],
    };
  });
}
