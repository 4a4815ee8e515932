/** The tenant's price book that holds what model names mean. */
export const MODEL_ALIASES = 'model-aliases';

/** The tenant's price book that holds the rates of models it runs itself. */
export const SELF_HOSTED_RATES = 'self-hosted-rates';
