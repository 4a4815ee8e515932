import { RejectedInput } from '#model';
import { z } from 'zod';
import { Day } from '../reports/report-query.ts';

/** A request to read the spans of a period again, as it is sent. */
export const NewRenormalisation = z
  .strictObject({
    from: Day.nullish().meta({ description: 'First UTC day of usage; absent = from the beginning' }),
    to: Day.nullish().meta({ description: 'UTC day after the last one; absent = up to now' }),
    reason: z.string().trim().min(1).max(2000).meta({ description: 'Why; it stands in the evidence log' }),
  })
  .meta({ id: 'NewRenormalisation' });
export type NewRenormalisation = z.infer<typeof NewRenormalisation>;

/** What is asked, and of which version of the engine: a preview of one says nothing of another. */
export interface AskedRenormalisation {
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: string;
  readonly engine: string;
}

/** @throws RejectedInput `unprocessable` where it asks for no day */
export function askedOf(body: NewRenormalisation, engine: string): AskedRenormalisation {
  const [from, to] = [body.from ?? null, body.to ?? null];
  if (from !== null && to !== null && from >= to)
    throw new RejectedInput('unprocessable', 'must be after from', 'to');
  return { from, to, reason: body.reason, engine };
}
