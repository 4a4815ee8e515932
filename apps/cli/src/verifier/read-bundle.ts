import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { indexTar, type BundleFiles } from '#evidence';

/** A bundle that can be read until it is closed: of its files only the one that is looked at is in memory. */
export interface ReadableBundle extends BundleFiles {
  close(): void;
}

/**
 * Finds the files of a bundle: of a directory, or of the archive it came as.
 *
 * @returns its files by path, `/` between names, each read anew when it is asked for
 * @throws Error where it cannot be read, holds a link, or is no archive of plain files
 */
export async function readBundle(path: string): Promise<ReadableBundle> {
  if (!(await stat(path)).isDirectory()) return openArchive(path);
  const places = new Map<string, string>();
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) continue;
    if (!entry.isFile()) throw new Error(`${name} is not a plain file`);
    places.set(relative(path, name).split(sep).join('/'), name);
  }
  return filesOf(
    places,
    (name) => readFileSync(name),
    () => {},
  );
}

/** @throws InvalidEvidence for a file that is no archive of plain files */
export function openArchive(path: string): ReadableBundle {
  const file = openSync(path, 'r');
  const read = (at: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    let done = 0;
    for (let count = 1; done < length && count > 0; done += count)
      count = readSync(file, bytes, done, length - done, at + done);
    return bytes.subarray(0, done);
  };
  try {
    const places = indexTar(fstatSync(file).size, read);
    return filesOf(
      places,
      ({ at, length }) => read(at, length),
      () => closeSync(file),
    );
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function filesOf<Place>(
  places: ReadonlyMap<string, Place>,
  read: (place: Place) => Buffer,
  close: () => void,
): ReadableBundle {
  return {
    keys: () => places.keys(),
    has: (path) => places.has(path),
    get: (path) => {
      const place = places.get(path);
      return place === undefined ? undefined : read(place);
    },
    close,
  };
}
