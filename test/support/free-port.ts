import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that Linux, macOS and Windows give to whoever asks for any: one of those may be given away again before
 * the process it was meant for listens on it. Above 10,080, which `fetch` refuses to ask.
 */
const FREE_PORTS = [10_081, 20_000] as const;

/** Whoever asked for them may not listen yet. */
const given = new Set<number>();

/**
 * A port of the loopback that nobody listened on a moment ago, that the system gives to nobody by itself, and this to
 * nobody else of the process.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(...FREE_PORTS);
    if (given.has(port)) continue;
    given.add(port);
    if (await canListen(port)) return port;
  }
  throw new Error(`no free port from ${FREE_PORTS[0]} to ${FREE_PORTS[1]}`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
