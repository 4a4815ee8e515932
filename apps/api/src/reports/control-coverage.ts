import { z } from 'zod';

/** How complete the outcomes of a report are, as far as control totals of the sources say. */
export const ControlCoverageView = z.object({
  share: z.string().nullable().meta({
    description: 'Outcomes whose event lies in a period that its source gave a control total for',
  }),
  totals: z.int().meta({ description: 'Control totals of the range' }),
  matching: z.int().meta({ description: 'Those that are what we hold' }),
  matches: z.boolean(),
});
