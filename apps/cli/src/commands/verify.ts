import type { Command } from 'commander';
import { checkBundle } from '../verifier/check-bundle.ts';

/** The same as the file `verify/verify.mjs` of every bundle. */
export function addVerify(program: Command): void {
  program
    .command('verify <bundle>')
    .description('check an evidence bundle (a directory or its archive) claim by claim, offline')
    .option('--vkey <key>', 'a key of the log that you got another way; may be given again', also, [])
    .option('--checkpoint <file>', 'an older checkpoint that you kept; may be given again', also, [])
    .action(async (bundle: string, { vkey, checkpoint }: { vkey: string[]; checkpoint: string[] }) => {
      const options = { vkeys: vkey, checkpoints: checkpoint };
      const holds = await checkBundle(bundle, options, (line) => process.stdout.write(`${line}\n`));
      if (!holds) process.exitCode = 1;
    });
}

const also = (value: string, before: string[]): string[] => [...before, value];
