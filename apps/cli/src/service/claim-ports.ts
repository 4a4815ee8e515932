import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#config';

/** The children of a supervisor that was killed need a moment to go. */
const WAIT_MS = 6_000;

/**
 * Where 0 is looked for: below the ports that Linux, macOS and Windows give to whoever asks for any. One of those may
 * be given away again, to any connection of the machine, before the process it was meant for listens on it.
 */
const FREE_PORTS = [20_000, 32_768] as const;

export interface Ports {
  readonly OL_API_PORT: number;
  readonly OL_OTLP_HTTP_PORT: number;
  readonly OL_OTLP_GRPC_PORT: number;
  readonly OL_WORKER_PORT: number;
}

/**
 * Checks that all ports can be listened on, before anything is started; 0 becomes a free one that is none of
 * the others.
 *
 * @throws Error that names the port and the variable that sets it
 */
export async function claimPorts(config: Config): Promise<Ports> {
  const limit = Date.now() + WAIT_MS;
  const taken = new Set([config.apiPort, config.otlpHttpPort, config.otlpGrpcPort, config.workerPort]);
  const settle = async (variable: keyof Ports, wanted: number): Promise<number> => {
    const port =
      wanted === 0 ? await findFree(config.bind, taken) : await claim(variable, wanted, config.bind, limit);
    taken.add(port);
    return port;
  };
  return {
    OL_API_PORT: await settle('OL_API_PORT', config.apiPort),
    OL_OTLP_HTTP_PORT: await settle('OL_OTLP_HTTP_PORT', config.otlpHttpPort),
    OL_OTLP_GRPC_PORT: await settle('OL_OTLP_GRPC_PORT', config.otlpGrpcPort),
    OL_WORKER_PORT: await settle('OL_WORKER_PORT', config.workerPort),
  };
}

async function findFree(bind: string, taken: ReadonlySet<number>): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(...FREE_PORTS);
    if (!taken.has(port) && (await tryToListen(port, bind)) === port) return port;
  }
  const answer = await tryToListen(0, bind);
  if (typeof answer === 'number') return answer;
  throw new Error(explain(answer, 'its ports', 0, bind));
}

async function claim(variable: string, port: number, bind: string, limit: number): Promise<number> {
  for (;;) {
    const answer = await tryToListen(port, bind);
    if (typeof answer === 'number') return answer;
    if (answer === 'EADDRINUSE' && Date.now() < limit) {
      await sleep(200);
      continue;
    }
    throw new Error(explain(answer, variable, port, bind));
  }
}

function explain(code: string, variable: string, port: number, bind: string): string {
  if (code === 'EADDRINUSE')
    return `port ${port} on ${bind} is in use: stop what listens there, or set ${variable} to another port`;
  if (code === 'EACCES')
    return `port ${port} on ${bind} is not allowed for this user: set ${variable} to another port`;
  return `cannot listen on ${bind}, port ${port} (${code}): check OL_BIND and ${variable}`;
}

/** @returns the port, or the system's code of the error */
function tryToListen(port: number, bind: string): Promise<number | string> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen({ port, host: bind, exclusive: true }, () => {
      const address = probe.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      probe.close(() => resolve(taken));
    });
  });
}
