const pure =
  'model|otlp|conventions|pricing|trails|attribution|ledger|reconciliation|evidence|economics|focus';
const rings = 'store|jobs|config|server|files';

/** The house of docs/architecture: apps -> rings -> pure stages -> model. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment:
        'Two files that need each other are one thing, or hide a third: put the shared part in the earlier stage.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nobody uses this file: use it or remove it.',
      from: {
        orphan: true,
        pathNot: ['\\.d\\.ts$', '(^|/)main\\.ts$', 'index\\.ts$', '\\.spec\\.ts$', '^apps/[^/]+/public/'],
      },
      to: {},
    },
    {
      name: 'libs-never-import-apps',
      severity: 'error',
      comment: 'An app is a process; what a lib needs from it is passed in as an argument.',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-do-not-import-apps',
      severity: 'error',
      comment: 'Apps are separate processes: share by a lib, or talk over the wire.',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'model-imports-nothing',
      severity: 'error',
      comment: 'The nouns stand alone. Behaviour that needs more than a noun belongs to a stage.',
      from: { path: '^libs/model/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/model/' },
    },
    {
      name: 'stages-do-not-import-each-other',
      severity: 'error',
      comment: 'Hand the value over through a type in model; the worker calls one stage after the other.',
      from: { path: `^libs/(${pure})/`, pathNot: '\\.spec\\.ts$' },
      to: { path: `^libs/(${pure})/`, pathNot: ['^libs/$1/', '^libs/model/'] },
    },
    {
      name: 'pure-stages-stay-pure',
      severity: 'error',
      comment:
        'No framework, database, file, network or environment in a pure stage: take data, time, ids and randomness as arguments. Only evidence may use node:crypto.',
      from: { path: `^libs/(${pure})/`, pathNot: '\\.spec\\.ts$' },
      to: { path: `^(libs/(${rings})/|node_modules/(@nestjs|typeorm|pg|pg-copy-streams|bullmq|ioredis)/)` },
    },
    {
      name: 'pure-stages-do-no-io',
      severity: 'error',
      comment: 'Read and write in an app or a ring, and pass the bytes in.',
      from: { path: `^libs/(${pure})/`, pathNot: '\\.spec\\.ts$' },
      to: { path: '^(node:)?(fs|fs/promises|net|http|https|http2|child_process|worker_threads|dns|tls|os)$' },
    },
    {
      name: 'only-store-speaks-sql',
      severity: 'error',
      comment: 'One file per query in libs/store; everybody else calls it by name.',
      from: { pathNot: ['^libs/store/', '^migrations/', '\\.spec\\.ts$', '^test/', '^libs/jobs/'] },
      to: { path: '^node_modules/(typeorm|pg|pg-copy-streams)/' },
    },
    {
      name: 'only-jobs-knows-bullmq',
      severity: 'error',
      comment: 'Queue names, payload schemas and the choice of backend live in libs/jobs.',
      from: { pathNot: ['^libs/jobs/', '\\.spec\\.ts$', '^test/'] },
      to: { path: '^node_modules/(bullmq|ioredis|@nestjs/bullmq)/' },
    },
    {
      name: 'a-lib-is-entered-by-its-door',
      severity: 'error',
      comment: 'Import #lib, never a file inside it: index.ts lists what others may use.',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$1/'] },
    },
    {
      name: 'apps-enter-a-lib-by-its-door',
      severity: 'error',
      comment: 'Import #lib, never a file inside it: index.ts lists what others may use.',
      from: { path: '^(apps|migrations)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^(dist|node_modules/.cache)' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
