import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { describeApi } from './open-api.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** Everything the page loads comes from this server; the style Swagger UI sets on elements is all that is inline. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Outcome Ledger API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null, tagsSorter: 'alpha' });\n`;

/**
 * Serves the API's description at /openapi.json and Swagger UI at /docs, without a key and without any other host.
 * The UI's files are read from the installed package on first use.
 */
export function serveDocs(app: NestFastifyApplication, version: string): void {
  const fastify = app.getHttpAdapter().getInstance();
  const require = createRequire(import.meta.url);
  const directory = dirname(require.resolve('swagger-ui-dist/package.json'));
  const files = new Map<string, Promise<Buffer>>();
  let description: string | null = null;

  fastify.get('/openapi.json', (_request, reply) => {
    description ??= JSON.stringify(describeApi(app, version));
    return reply.header('content-type', 'application/json; charset=utf-8').send(description);
  });
  fastify.get('/docs', (_request, reply) =>
    reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', POLICY)
      .send(PAGE),
  );
  fastify.get('/docs/start.js', (_request, reply) =>
    reply.header('content-type', 'text/javascript; charset=utf-8').send(START),
  );
  for (const [name, mediaType] of Object.entries(MEDIA_TYPES))
    fastify.get(`/docs/${name}`, async (_request, reply) => {
      const file = files.get(name) ?? readFile(join(directory, name));
      files.set(name, file);
      return reply
        .header('content-type', mediaType)
        .header('cache-control', 'max-age=3600')
        .send(await file);
    });
}
