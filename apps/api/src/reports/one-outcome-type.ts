import { RejectedInput } from '#model';

/** @throws RejectedInput `unprocessable`, with the questions that have an answer, where outcomes of several types would be counted as one */
export function mustBeOfOneType(
  { outcomeTypes }: { readonly outcomeTypes: readonly string[] },
  { groupBy }: { readonly groupBy: readonly { readonly name: string }[] },
): void {
  if (outcomeTypes.length <= 1 || groupBy.some(({ name }) => name === 'outcome_type')) return;
  const keys = [...groupBy.map(({ name }) => name), 'outcome_type'].join(',');
  throw new RejectedInput(
    'unprocessable',
    `outcomes of several types cannot be counted as one: ask for group_by=${keys}, or for one of them, as in ` +
      `outcome_type=${outcomeTypes[0]} (there are ${outcomeTypes.join(', ')})`,
    'group_by',
  );
}
