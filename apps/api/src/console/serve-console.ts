import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { RejectedInput } from '#model';
import { toProblem } from '#server';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Everything the pages load and ask comes from this server; no inline code or style, no other host. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const FOR_EVER = 'public, max-age=31536000, immutable';
const FOR_AN_HOUR = 'public, max-age=3600';
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/**
 * Serves the console, without a key: its files say nothing of any tenant, and what they show is asked with the key of
 * who looks. Files whose names hold their digest are kept for a year; the page is asked for every time, and stands at
 * every address under /console that is no file, so that a link leads into it.
 *
 * @param directory what `npm run build` made of apps/console; read once, now. Where it is missing, nothing is served
 */
export function serveConsole(app: NestFastifyApplication, directory: string): void {
  if (!existsSync(join(directory, 'index.html'))) return;
  const fastify = app.getHttpAdapter().getInstance();
  const serve = (address: string, name: string, caching: string): void => {
    const files = readEncoded(join(directory, name));
    const headers = {
      ...HEADERS,
      'content-type': MEDIA_TYPES[extname(name)] ?? 'application/octet-stream',
      'cache-control': caching,
      vary: 'accept-encoding',
    };
    fastify.get(address, (request, reply) => {
      const accepted = request.headers['accept-encoding'] ?? '';
      const encoding = ENCODINGS.find(([each]) => accepted.includes(each) && files.has(each))?.[0];
      void reply.headers(headers);
      if (encoding !== undefined) void reply.header('content-encoding', encoding);
      return reply.send(files.get(encoding ?? 'identity'));
    });
  };
  for (const address of ['/', '/console'])
    fastify.get(address, (_request, reply) => reply.redirect('/console/', 302));
  for (const name of readdirSync(join(directory, 'assets')))
    if (!ENCODINGS.some(([, ending]) => name.endsWith(ending)))
      serve(`/console/assets/${name}`, `assets/${name}`, FOR_EVER);
  fastify.get('/console/assets/*', (request, reply) => {
    const problem = toProblem(new RejectedInput('not_found', `there is no file ${request.url}`), '');
    return reply
      .status(404)
      .header('content-type', 'application/problem+json')
      .send(Buffer.from(JSON.stringify(problem)));
  });
  serve('/console/icon.svg', 'icon.svg', FOR_AN_HOUR);
  serve('/console/*', 'index.html', 'no-cache');
}

/** A file, and it compressed as far as the build did that. */
function readEncoded(path: string): ReadonlyMap<string, Buffer> {
  const compressed = ENCODINGS.filter(([, ending]) => existsSync(path + ending));
  return new Map([
    ['identity', readFileSync(path)],
    ...compressed.map(([encoding, ending]): [string, Buffer] => [encoding, readFileSync(path + ending)]),
  ]);
}
