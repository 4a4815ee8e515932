// Makes dist/verify.mjs, the verifier of evidence bundles as one readable file: what the build compiled, put together,
// with what is not used left out. Names and comments stay.
import { resolve } from 'node:path';

const BANNER = `#!/usr/bin/env node
// Checks an evidence bundle of Outcome Ledger, offline. Needs Node.js 20 or newer and nothing else.
// Put together, unminified, from libs/evidence, libs/trails, libs/model and apps/cli/src/verifier.
`;

const libs = {
  name: 'libs',
  resolveId: (source) =>
    source.startsWith('#') ? resolve(`dist/libs/${source.slice(1)}/src/index.js`) : null,
};

export default {
  input: 'dist/apps/cli/src/verifier/main.js',
  external: /^node:/,
  treeshake: { moduleSideEffects: false },
  plugins: [libs],
  output: { file: 'dist/verify.mjs', format: 'es', banner: BANNER },
};
