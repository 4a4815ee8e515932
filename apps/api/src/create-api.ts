import { createHttpApp, type ServerParts } from '#server';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { serveDocs } from './docs/serve-docs.ts';
import { serveConsole } from './console/serve-console.ts';
import type { ApiContext } from './api-context.ts';
import { ApiModule } from './api.module.ts';

const FILE_MEDIA_TYPES = [
  'text/csv',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/octet-stream',
];
/** A large import takes as long as it takes to store. */
const REQUEST_LIMIT_MS = 3_600_000;

/** The API as main serves it and as tests call it; initialised, not listening. */
export function createApi(context: ApiContext, server: ServerParts): Promise<NestFastifyApplication> {
  return createHttpApp(ApiModule.with(context, server), {
    maxBodyBytes: context.limits.bodyBytes,
    logger: server.logger,
    requestTimeoutMs: REQUEST_LIMIT_MS,
    prepare: (app) => {
      const fastify = app.getHttpAdapter().getInstance();
      const parseJson = fastify.getDefaultJsonParser('error', 'error');
      for (const mediaType of ['application/cloudevents+json', 'application/cloudevents-batch+json'])
        fastify.addContentTypeParser(mediaType, { parseAs: 'string' }, parseJson);
      // Files are read as they arrive, by the route, and only after its key was checked.
      for (const mediaType of FILE_MEDIA_TYPES)
        fastify.addContentTypeParser(mediaType, (_request, payload, done) => done(null, payload));
      serveDocs(app, context.version);
      if (context.consoleDirectory !== null) serveConsole(app, context.consoleDirectory);
    },
  });
}
