import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseCheckpoint, tilePath, tilesOfSize } from '#evidence';

/** A log as files, laid out as it is served: what an auditor downloads. */
export class LogDirectory {
  readonly path = mkdtempSync(join(tmpdir(), 'outcome-ledger-log-'));

  /** Downloads a log from `<prefix>/checkpoint` and `<prefix>/tile/...`. */
  static async download(prefix: string, authorization: string): Promise<LogDirectory> {
    const directory = new LogDirectory();
    const get = async (path: string): Promise<Buffer> => {
      const answer = await fetch(`${prefix}/${path}`, { headers: { authorization } });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return Buffer.from(await answer.arrayBuffer());
    };
    const note = (await get('checkpoint')).toString();
    directory.write('checkpoint', note);
    const { size } = parseCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1));
    for (const tile of tilesOfSize(size)) directory.write(tilePath(tile), await get(tilePath(tile)));
    return directory;
  }

  read(path: string): Buffer {
    return readFileSync(join(this.path, path));
  }

  /** Replaces the file, so that a copy that shares it keeps the old one. */
  write(path: string, content: string | Uint8Array): void {
    const target = join(this.path, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}.new`, content);
    renameSync(`${target}.new`, target);
  }

  /** A copy whose files are shared until they are written. */
  copy(): LogDirectory {
    const copy = new LogDirectory();
    const { status } = spawnSync('cp', ['-al', `${this.path}/.`, copy.path]);
    if (status !== 0) throw new Error('the log could not be copied');
    return copy;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
