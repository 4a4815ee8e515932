import { createHttpApp, type ServerParts } from '#server';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ApiContext } from './api-context.ts';
import { ApiModule } from './api.module.ts';

/** The API as main serves it and as tests call it; initialised, not listening. */
export function createApi(context: ApiContext, server: ServerParts): Promise<NestFastifyApplication> {
  return createHttpApp(ApiModule.with(context, server), {
    maxBodyBytes: context.limits.bodyBytes,
    logger: server.logger,
    prepare: (app) => {
      const fastify = app.getHttpAdapter().getInstance();
      const parseJson = fastify.getDefaultJsonParser('error', 'error');
      for (const mediaType of ['application/cloudevents+json', 'application/cloudevents-batch+json'])
        fastify.addContentTypeParser(mediaType, { parseAs: 'string' }, parseJson);
    },
  });
}
