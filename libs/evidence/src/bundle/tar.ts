import { InvalidEvidence } from '../errors.ts';

const BLOCK = 512;

/**
 * A POSIX ustar archive of files, the same bytes for the same files: in the order of their paths, owned by nobody,
 * readable by all, with one time.
 *
 * @param files by path, `/` between names
 * @param modifiedAtSeconds POSIX time that every file gets
 * @throws RangeError for a path that ustar cannot hold: over 255 characters, or a name over 100
 */
export function packTar(files: ReadonlyMap<string, Buffer>, modifiedAtSeconds: number): Buffer {
  const parts = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, content]) => [
      headerOf(path, content.length, modifiedAtSeconds),
      content,
      Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
    ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function headerOf(path: string, size: number, modifiedAtSeconds: number): Buffer {
  const { name, prefix } = splitPath(path);
  const header = Buffer.alloc(BLOCK);
  const put = (text: string, at: number): void => void header.write(text, at, 'utf8');
  put(name, 0);
  put('0000644\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(`${size.toString(8).padStart(11, '0')}\0`, 124);
  put(`${modifiedAtSeconds.toString(8).padStart(11, '0')}\0`, 136);
  put('        ', 148);
  put('0', 156);
  put('ustar\0', 257);
  put('00', 263);
  put(prefix, 345);
  put(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function splitPath(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { name, prefix };
  }
  throw new RangeError(`the path ${path} is too long for an archive`);
}

/** Sum of the header's bytes, its own field taken as spaces. */
const checksum = (header: Buffer): number =>
  header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);

/**
 * Reads what `packTar` wrote: plain files only.
 *
 * @returns the files by path
 * @throws InvalidEvidence for anything else, such as a damaged header or a path that leaves the directory
 */
export function unpackTar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at < archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const field = (from: number, length: number): string =>
      header.toString('utf8', from, from + length).replace(/\0.*$/s, '');
    const octal = (from: number, length: number): number => Number.parseInt(field(from, length).trim(), 8);
    if (header.length < BLOCK || octal(148, 8) !== checksum(header) || field(156, 1) !== '0')
      throw new InvalidEvidence('the archive is damaged, or holds something other than plain files');
    const path = field(345, 155) === '' ? field(0, 100) : `${field(345, 155)}/${field(0, 100)}`;
    const size = octal(124, 12);
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length !== size) throw new InvalidEvidence(`the archive ends within ${path}`);
    if (!isInnerPath(path) || files.has(path))
      throw new InvalidEvidence(`the archive holds the path ${path} twice or outside its directory`);
    files.set(path, content);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

/** Whether a path stays below the directory it is taken from. */
export const isInnerPath = (path: string): boolean =>
  path !== '' &&
  !path.includes('\\') &&
  path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
