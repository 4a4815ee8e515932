// Makes dist/console: one page and its hashed files, compressed beforehand. `--watch` builds again on every change.
import { build, context } from 'esbuild';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = fileURLToPath(new URL('../../dist/console', import.meta.url));
const isWatching = process.argv.includes('--watch');
const COMPRESSED = /\.(js|css|svg)$/;

/** Puts the entry's hashed names into the page; the files of before stay away. */
const page = {
  name: 'page',
  setup: ({ onEnd }) =>
    onEnd(({ metafile, outputFiles, errors }) => {
      if (errors.length > 0) return;
      // Pages that are loaded when they are opened are entries too.
      const entry = Object.entries(metafile.outputs).find(([, output]) =>
        output.entryPoint?.endsWith('main.tsx'),
      );
      const addressOf = (path) => `/console/${relative(out, join(process.cwd(), path))}`;
      rmSync(out, { recursive: true, force: true });
      mkdirSync(join(out, 'assets'), { recursive: true });
      for (const { path, contents } of outputFiles) {
        writeFileSync(path, contents);
        if (isWatching || !COMPRESSED.test(path)) continue;
        writeFileSync(`${path}.gz`, gzipSync(contents));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 7 };
        writeFileSync(`${path}.br`, brotliCompressSync(contents, { params }));
      }
      copyFileSync(join(here, 'icon.svg'), join(out, 'icon.svg'));
      // What the entry imports is fetched along with it, not after it was read.
      const imported = entry[1].imports
        .filter(({ kind }) => kind === 'import-statement')
        .map(({ path }) => `<link rel="modulepreload" href="${addressOf(path)}" />`);
      const html = readFileSync(join(here, 'index.html'), 'utf8')
        .replace(
          '<!--styles-->',
          [`<link rel="stylesheet" href="${addressOf(entry[1].cssBundle)}" />`, ...imported].join('\n    '),
        )
        .replace('<!--scripts-->', `<script type="module" src="${addressOf(entry[0])}"></script>`);
      writeFileSync(join(out, 'index.html'), html);
    }),
};

/**
 * The pure libs, as the service runs them: of each only what a page uses, and in place of node:crypto what a browser
 * needs of it to check a proof.
 */
const libs = {
  name: 'libs',
  setup: (build) => {
    const root = fileURLToPath(new URL('../../libs/', import.meta.url));
    build.onResolve({ filter: /^#\w+$/ }, ({ path }) => ({
      path: join(root, path.slice(1), 'src/index.ts'),
      sideEffects: false,
    }));
    build.onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir, importer }) =>
      importer.startsWith(root) ? { path: join(resolveDir, path), sideEffects: false } : null,
    );
    build.onResolve({ filter: /^node:crypto$/ }, () => ({ path: join(here, 'src/proofs/node-crypto.ts') }));
  },
};

/** `import text from './file?text'`: a file as it stands, for examples that are shown. */
const text = {
  name: 'text',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /\?text$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice(0, -'?text'.length)),
      namespace: 'text',
    }));
    onLoad({ filter: /.*/, namespace: 'text' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'text',
    }));
  },
};

const options = {
  entryPoints: [join(here, 'src/main.tsx')],
  outdir: join(out, 'assets'),
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2023',
  jsx: 'automatic',
  conditions: ['source'],
  minify: !isWatching,
  sourcemap: isWatching,
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': isWatching ? '"development"' : '"production"' },
  metafile: true,
  write: false,
  logLevel: 'warning',
  inject: [join(here, 'src/proofs/buffer.ts')],
  plugins: [text, libs, page],
};

if (isWatching) await (await context(options)).watch();
else await build(options);
