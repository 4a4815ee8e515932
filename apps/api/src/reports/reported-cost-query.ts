import { RejectedInput } from '#model';
import { REPORTED_COST_KEYS, type ReportedCostKey } from '#store';
import { z } from 'zod';
import { ReportFormat } from '../formats/report-file.ts';
import { PageSize } from '../wire.ts';
import { BEGINNING, Day, END } from './report-query.ts';
import { tellParameters } from './tell-parameters.ts';

const DEFAULT_GROUP = 'provider,model,service,scope,scope_version,source';

export const ReportedCostQuery = z.strictObject(
  {
    from: Day.optional().meta({
      description: 'First UTC day of the starts of spans; absent = from the beginning',
    }),
    to: Day.optional().meta({ description: 'UTC day after the last one; absent = no end' }),
    group_by: z
      .string()
      .max(256)
      .default(DEFAULT_GROUP)
      .meta({ description: `Comma-separated: ${REPORTED_COST_KEYS.join(', ')}` }),
    examples: z
      .string()
      .regex(/^\d{1,2}$/, 'must be a whole number from 0 to 99')
      .default('2')
      .transform(Number)
      .meta({
        description: 'How many of the claims more than 5 % off, of each group, the largest difference first',
      }),
    format: ReportFormat,
    cursor: z.string().optional(),
    limit: PageSize,
  },
  { error: tellParameters },
);
export type ReportedCostQuery = z.infer<typeof ReportedCostQuery>;

/** @throws RejectedInput `unprocessable`, naming the parameter */
export function readReportedCostQuery(query: ReportedCostQuery): {
  readonly fromDay: string;
  readonly toDay: string;
  readonly groupBy: readonly ReportedCostKey[];
} {
  if (query.from !== undefined && query.to !== undefined && query.from >= query.to)
    throw new RejectedInput('unprocessable', 'must be after from', 'to');
  const names = query.group_by.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  if (new Set(names).size !== names.length)
    throw new RejectedInput('unprocessable', 'a key is given twice', 'group_by');
  const groupBy = names.map((name) => {
    const key = REPORTED_COST_KEYS.find((each) => each === name);
    if (key === undefined)
      throw new RejectedInput(
        'unprocessable',
        `${name} is none of ${REPORTED_COST_KEYS.join(', ')}`,
        'group_by',
      );
    return key;
  });
  return { fromDay: query.from ?? BEGINNING, toDay: query.to ?? END, groupBy };
}
