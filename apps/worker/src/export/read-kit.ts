import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { BundleKit } from './read-bundle.ts';
import { BUNDLE_README } from './readme.ts';

const Package = z.object({ name: z.string(), version: z.string() });

/**
 * What of the software itself goes into a bundle: its version, and the verifier as the one file that the build makes.
 *
 * @throws Error where the project was not built
 */
export async function readKit(): Promise<Pick<BundleKit, 'software' | 'verifier' | 'readme'>> {
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  const { name, version } = Package.parse(
    JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')),
  );
  const verifier = await readFile(join(directory, 'dist', 'verify.mjs'));
  return { software: `${name} ${version}`, verifier, readme: BUNDLE_README };
}
