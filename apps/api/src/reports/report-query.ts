import { RejectedInput } from '#model';
import type { GroupKey } from '#store';
import { z } from 'zod';
import { ReportFormat } from '../formats/report-file.ts';
import { Instant, LogSize, PageSize } from '../wire.ts';
import { tellParameters } from './tell-parameters.ts';

const BUILT_IN = [
  'workflow',
  'day',
  'week',
  'month',
  'model',
  'agent',
  'outcome_type',
  'provider',
  'call_model',
  'tier',
  'quality',
] as const;

export const Day = z
  .string({
    error: ({ input }) => (input === undefined ? 'is missing: a UTC day, as 2026-10-01' : undefined),
  })
  .regex(/^\d{4}-\d\d-\d\d(T00:00:00(\.0+)?(Z|\+00:00))?$/, 'must be a UTC day, as 2026-10-01')
  .transform((text) => text.slice(0, 10))
  .refine((day) => !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day), 'is no day')
  .meta({ description: 'A UTC day' });

/** The one query of all reports (architecture 10). */
export const ReportQuery = z.strictObject(
  {
    view: z.enum(['settled', 'cohort', 'period']).default('settled').meta({
      description: 'settled: final in [from, to); cohort: first attempt in [from, to); period: charges of it',
    }),
    from: Day.optional().meta({ description: 'First UTC day; absent = from the beginning' }),
    to: Day.optional().meta({ description: 'UTC day after the last one; absent = no end' }),
    group_by: z
      .string()
      .max(1024)
      .default('')
      .meta({ description: `Comma-separated: ${BUILT_IN.join(', ')}, or a declared dimension` }),
    outcome_type: z.string().min(1).max(127).optional(),
    format: ReportFormat,
    basis: z.enum(['restated', 'reported']).default('restated'),
    as_of: Instant.optional().meta({
      description: 'As it stood then: at the newest settled size of the log that was sealed by then',
    }),
    size: LogSize.optional().meta({ description: 'As it stood at this size of the evidence log' }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, as "EUR"')
      .optional()
      .meta({
        description: 'Gives the figures in this currency as well, by the dated rates of the policy `fx`',
      }),
    cursor: z.string().optional(),
    limit: PageSize,
  },
  { error: tellParameters },
);
export type ReportQuery = z.infer<typeof ReportQuery>;
/** The question itself, whatever form its answer takes. */
export type AskedQuestion = Omit<ReportQuery, 'format'>;

/** Beyond every business time: a report without `from` or `to` is over everything. */
export const BEGINNING = '0001-01-01';
export const END = '9999-12-31';

/**
 * Refuses questions that have no answer, or not yet.
 * @throws RejectedInput `unprocessable`, naming the parameter
 */
export function checkReportQuery(query: AskedQuestion, nowUs: bigint): void {
  const refuse = (field: string, message: string): never => {
    throw new RejectedInput('unprocessable', message, field);
  };
  if (query.basis === 'reported' && (query.as_of !== undefined || query.size !== undefined))
    refuse('basis', 'reported is the size at a close: it goes without as_of and size');
  if (query.basis === 'reported' && !/^\d{4}-\d\d-01$/.test(query.to ?? ''))
    refuse('to', 'basis=reported needs the first day after a closed month');
  if (query.as_of !== undefined && query.size !== undefined) refuse('as_of', 'goes without size: give one');
  if (query.as_of !== undefined && query.as_of > nowUs) refuse('as_of', 'is in the future');
  if (query.from !== undefined && query.to !== undefined && query.from >= query.to)
    refuse('to', 'must be after from');
}

/**
 * @param declared attributes the tenant declared as dimensions
 * @throws RejectedInput `unprocessable` for a key that is neither built in nor declared, given twice, or does not
 *   go with the view
 */
export function readGroupBy(query: AskedQuestion, declared: readonly string[], maximum: number): GroupKey[] {
  const names = query.group_by.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  const refuse = (message: string): never => {
    throw new RejectedInput('unprocessable', message, 'group_by');
  };
  if (names.length > maximum) refuse(`at most ${maximum} keys`);
  if (new Set(names).size !== names.length) refuse('a key is given twice');
  return names.map((name): GroupKey => {
    const builtIn = BUILT_IN.find((key) => key === name);
    if (builtIn === 'call_model' && query.view !== 'period')
      return refuse('call_model goes with view=period: an outcome is bought by attempts, use model');
    if ((builtIn === 'tier' || builtIn === 'quality') && query.view === 'period')
      return refuse(`${builtIn} is of outcomes: it does not go with view=period`);
    if (builtIn !== undefined) return { name: builtIn };
    if (!declared.includes(name))
      return refuse(
        `${name} is neither one of ${BUILT_IN.join(', ')} nor a declared dimension (POST /v1/policies/dimensions)`,
      );
    return { name, attribute: name };
  });
}
