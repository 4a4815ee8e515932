/** Token of the limits of the config (`Limits`). */
export const LIMITS = Symbol('limits');
