/** Figures of a row of cost-per-outcome that its explanation works out again, with how it does. */
export const FIGURES = {
  cost: 'what its work items cost, added up',
  cost_per_outcome: 'their cost over the outcomes',
  direct: 'the attempts that achieved the outcome, added up over the items',
  failed_attempts: 'the other attempts of items that were achieved',
  no_outcome: 'the cost of items that ended without an outcome',
  bought_nothing: 'other attempts of achieved items, and items without an outcome',
  outcomes: 'the items that were achieved, counted',
  work_items: 'the items that are settled, counted',
  mean: 'their cost over the items that any spend is linked to',
  dearest_tenth: 'the dearest tenth of the items that any spend is linked to, added up',
  loaded: 'calls of agents, lines of people and tools, overhead that was used',
  loaded_per_outcome: 'calls, lines and used overhead, over the outcomes',
} as const;
export type FigureKind = keyof typeof FIGURES;

const isKind = (text: string): text is FigureKind => Object.hasOwn(FIGURES, text);

/** What an address asks for; null where it asks for nothing that is known. */
export const readFigureKind = (text: string | null): FigureKind | null =>
  text !== null && isKind(text) ? text : null;
