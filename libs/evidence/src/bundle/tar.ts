import { InvalidEvidence } from '../errors.ts';

const BLOCK = 512;

/** What ends an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** What follows a file, so that the next one begins at a block. */
export const tarPadding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** Bytes that a file takes in an archive. */
export const tarBytesOf = (size: number): number => BLOCK + Math.ceil(size / BLOCK) * BLOCK;

const LARGEST_FILE = 8 ** 11 - 1;

/**
 * What stands before a file in a POSIX ustar archive, the same bytes for the same file: owned by nobody, readable by all.
 *
 * @param modifiedAtSeconds POSIX time
 * @throws RangeError for a file that ustar cannot hold: a path over 255 characters, a name over 100, 8 GiB
 */
export function tarHeader(path: string, size: number, modifiedAtSeconds: number): Buffer {
  if (size > LARGEST_FILE) throw new RangeError(`the file ${path} is too large for an archive`);
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

/** Where a file stands in an archive, bytes. */
export interface TarPlace {
  readonly at: number;
  readonly length: number;
}

/**
 * Finds the files of an archive of plain files, reading their headers alone.
 *
 * @param size of the archive, bytes
 * @param read bytes of it from a place; fewer only at its end
 * @throws InvalidEvidence for anything else, such as a damaged header or a path that leaves the directory
 */
export function indexTar(size: number, read: (at: number, length: number) => Buffer): Map<string, TarPlace> {
  const places = new Map<string, TarPlace>();
  for (let at = 0; at < size;) {
    const header = read(at, BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const { path, length } = readHeader(header);
    if (at + BLOCK + length > size) throw new InvalidEvidence(`the archive ends within ${path}`);
    if (!isInnerPath(path) || places.has(path))
      throw new InvalidEvidence(`the archive holds the path ${path} twice or outside its directory`);
    places.set(path, { at: at + BLOCK, length });
    at += tarBytesOf(length);
  }
  return places;
}

function readHeader(header: Buffer): { path: string; length: number } {
  const field = (from: number, length: number): string =>
    header.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const octal = (from: number, length: number): number => Number.parseInt(field(from, length).trim(), 8);
  const length = octal(124, 12);
  if (
    header.length < BLOCK ||
    octal(148, 8) !== checksum(header) ||
    field(156, 1) !== '0' ||
    !Number.isSafeInteger(length)
  )
    throw new InvalidEvidence('the archive is damaged, or holds something other than plain files');
  return { path: field(345, 155) === '' ? field(0, 100) : `${field(345, 155)}/${field(0, 100)}`, length };
}

/** Whether a path stays below the directory it is taken from. */
const isInnerPath = (path: string): boolean =>
  path !== '' &&
  !path.includes('\\') &&
  path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
