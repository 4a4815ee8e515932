import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DynamicModule, LoggerService } from '@nestjs/common';
import type { ProcessLogger } from './process-logger.ts';

export interface HttpAppOptions {
  readonly maxBodyBytes: number;
  readonly logger: ProcessLogger;
  /** How long one request may take to arrive; two minutes where it is not given. */
  readonly requestTimeoutMs?: number;
  /** Last word before the app initialises: content type parsers, static files. */
  readonly prepare?: (app: NestFastifyApplication) => void | Promise<void>;
}

/**
 * A Nest application on Fastify with our limits, initialised but not listening.
 * JSON bodies are read by Fastify; other media types are refused with 415 unless `prepare` adds a parser.
 *
 * @throws Error when a route states no role
 */
export async function createHttpApp(
  module: DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: options.maxBodyBytes,
    requestTimeout: options.requestTimeoutMs ?? 120_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 2048 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: withoutChatter(options.logger),
    abortOnError: false,
  });
  await options.prepare?.(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

/** Nest tells of every route it maps at the level `log`; what it warns of and fails at is ours to hear. */
function withoutChatter(logger: ProcessLogger): LoggerService {
  return {
    log: () => {},
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(message, ...rest),
    error: (message: unknown, ...rest: unknown[]) => logger.error(message, ...rest),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(message, ...rest),
  };
}
