/**
 * Why an invoice differs from the charges it is for (architecture 5.2). `unexplained` is what the bill says too little
 * about to tell.
 */
export const VARIANCE_KINDS = [
  'coverage',
  'rate',
  'fx',
  'credit',
  'tax',
  'minimum',
  'rounding',
  'unexplained',
] as const;
export type VarianceKind = (typeof VARIANCE_KINDS)[number];
