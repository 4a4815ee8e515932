import { parseArgs } from 'node:util';
import { checkBundle } from './check-bundle.ts';

// The whole of verify.mjs: what the command `outcome-ledger verify` does, as one file that needs Node alone.

const USAGE =
  'node verify.mjs BUNDLE [--vkey KEY]... [--checkpoint FILE]...   BUNDLE: a directory or its archive';

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      vkey: { type: 'string', multiple: true, default: [] },
      checkpoint: { type: 'string', multiple: true, default: [] },
    },
  });
  if (positionals.length !== 1) throw new Error(USAGE);
  const options = { vkeys: values.vkey, checkpoints: values.checkpoint };
  const holds = await checkBundle(positionals[0]!, options, (line) => process.stdout.write(`${line}\n`));
  process.exitCode = holds ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
