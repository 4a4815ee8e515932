import { RejectedInput } from '#model';
import { z } from 'zod';

/** What a question that is answered as of now alone says of itself. */
export const ONLY_NOW =
  'it takes neither size nor as_of. What an item cost at a past size, with the steps that bore it, is told by its cost.';

const Refused = z.string().optional().meta({ description: 'Refused: this is answered as it stands now' });

/** Parameters of other questions about a work item, read so that nobody takes the answer of today for one of the past. */
export const PAST_TO_REFUSE = { size: Refused, as_of: Refused } as const;

/** @throws RejectedInput where the past is asked for */
export function refusePast(query: Readonly<Partial<Record<'size' | 'as_of', string | undefined>>>): void {
  for (const name of ['size', 'as_of'] as const)
    if (query[name] !== undefined)
      throw new RejectedInput('unprocessable', `is answered as it stands now alone: ${ONLY_NOW}`, name);
}
