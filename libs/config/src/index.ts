/** The environment, read and checked once: the only place that knows variable names, defaults and limits. */
export { InvalidConfig, readConfig } from './config.ts';
export type { Config } from './config.ts';
export type { Limits } from './limits.ts';
