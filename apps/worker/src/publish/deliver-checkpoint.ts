import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Somebody who is given checkpoints to keep: by HTTP, or as files in a directory. */
export interface Recipient {
  readonly name: string;
  /** `https://...`, or an absolute directory. */
  readonly to: string;
}

const TIMEOUT_MS = 10_000;

/**
 * Hands a checkpoint over as it was signed: POSTed as text, or written whole to a file `<log>.<size>.checkpoint` that is
 * never replaced by another.
 *
 * @param origin name of the log
 * @throws Error where it did not arrive
 */
export async function deliverCheckpoint(
  { to }: Recipient,
  origin: string,
  { size, note }: { readonly size: number; readonly note: string },
): Promise<void> {
  if (/^https?:/.test(to)) return post(to, note);
  await mkdir(to, { recursive: true });
  const name = `${encodeURIComponent(origin)}.${size}.checkpoint`;
  const unfinished = join(to, `.${name}.unfinished`);
  const file = await open(unfinished, 'w', 0o644);
  try {
    await file.writeFile(note);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(to, name));
}

async function post(url: string, note: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    body: note,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${url} answered with status ${answer.status}`);
}
