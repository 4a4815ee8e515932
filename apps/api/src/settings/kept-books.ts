export { MODEL_ALIASES } from '#pricing';

/** The tenant's price book that holds the rates of models it runs itself. */
export const SELF_HOSTED_RATES = 'self-hosted-rates';
