import { RejectedInput } from '#model';
import { z } from 'zod';
import { ReportQuery } from '../reports/report-query.ts';
import { Instant, LogSize, type JsonValue } from '../wire.ts';

/** The question of a report, one row of its answer, and optionally an earlier state to compare with. */
export const ExplainQuery = ReportQuery.omit({ format: true }).extend({
  cell: z.string().max(8192).optional().meta({
    description:
      'The row: a JSON array of its values in the order of group_by, null for none; absent = the total',
  }),
  against_size: LogSize.optional().meta({ description: 'Also say why it differs from this size of the log' }),
  against_as_of: Instant.optional().meta({ description: 'Also say why it differs from what was known then' }),
});
export type ExplainQuery = z.infer<typeof ExplainQuery>;

const Cell = z.array(z.string().nullable());

/**
 * @param keys how many values a row of the report has
 * @throws RejectedInput naming `cell`
 */
export function readCell(text: string | undefined, keys: number): (string | null)[] | null {
  if (text === undefined) return null;
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RejectedInput('invalid', 'is no JSON', 'cell');
  }
  const cell = Cell.safeParse(value);
  if (!cell.success) throw new RejectedInput('invalid', 'must be an array of texts and nulls', 'cell');
  if (cell.data.length !== keys)
    throw new RejectedInput('invalid', `must have ${keys} values, as many as group_by`, 'cell');
  return cell.data;
}
