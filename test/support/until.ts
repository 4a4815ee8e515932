import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until the condition holds. @throws Error that names what was waited for, after the limit */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 20_000,
): Promise<void> {
  const limit = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > limit) throw new Error(`waited ${limitMs} ms for ${what}`);
    await sleep(10);
  }
}
