/** `ticket.resolved` as `resolved ticket`: what is counted, singular. */
export function unitOf(outcomeType: string | null | undefined): string {
  if (outcomeType === null || outcomeType === undefined) return 'outcome';
  const dot = outcomeType.lastIndexOf('.');
  if (dot < 1) return outcomeType;
  const [kind, verb] = [outcomeType.slice(0, dot), outcomeType.slice(dot + 1)];
  return `${verb.replaceAll('_', ' ')} ${kind.replaceAll('_', ' ')}`;
}

/** `2 claims`, `1 claim`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

/** The kind of work item that an outcome type is of: `ticket` of `ticket.resolved`; undefined where there is none. */
export const kindOf = (outcomeType: string | null | undefined): string | undefined =>
  outcomeType?.includes('.') === true ? outcomeType.slice(0, outcomeType.lastIndexOf('.')) : undefined;
