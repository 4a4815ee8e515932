import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { unpackTar } from '#evidence';

/**
 * Reads a bundle: a directory, or the archive it came as.
 *
 * @returns its files by path, `/` between names
 * @throws Error where it cannot be read, holds a link, or is no archive of plain files
 */
export async function readBundle(path: string): Promise<Map<string, Buffer>> {
  if (!(await stat(path)).isDirectory()) return unpackTar(await readFile(path));
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) continue;
    if (!entry.isFile()) throw new Error(`${name} is not a plain file`);
    files.set(relative(path, name).split(sep).join('/'), await readFile(name));
  }
  return files;
}
