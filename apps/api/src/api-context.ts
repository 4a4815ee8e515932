import type { Limits } from '#config';
import type { Database, KeyStore } from '#store';

/** What the controllers work with; made by main, or by a test. */
export interface ApiContext {
  readonly db: Database;
  readonly limits: Limits;
  /** Opens content; asked only behind `openContent`. */
  readonly contentKeys: KeyStore;
  /** Tells the worker, after a commit, that work waits. Never rejects: where it is lost, the worker's own schedule finds it. */
  readonly wake: (
    job: 'work-through-facts' | 'reconcile-bills' | 'work-previews' | 'build-exports' | 'work-erasures',
  ) => Promise<void>;
  /** Microseconds since the epoch. */
  readonly nowUs: () => bigint;
  /** Where ingest takes spans on this host; null where the API was not told. */
  readonly otlp: { readonly httpPort: number; readonly grpcPort: number } | null;
  /** The built pages (`dist/console`); null = they are not served. */
  readonly consoleDirectory: string | null;
  /** Standing in evidence and reports as the engine that made them. */
  readonly version: string;
}

export const API_CONTEXT = Symbol('api context');
