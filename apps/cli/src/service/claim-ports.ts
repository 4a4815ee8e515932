import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#config';

/** The children of a supervisor that was killed need a moment to go. */
const WAIT_MS = 6_000;

export interface Ports {
  readonly OL_API_PORT: number;
  readonly OL_OTLP_HTTP_PORT: number;
  readonly OL_OTLP_GRPC_PORT: number;
  readonly OL_WORKER_PORT: number;
}

/**
 * Checks that all ports can be listened on, before anything is started; 0 becomes a free one.
 * @throws Error that names the port and the variable that sets it
 */
export async function claimPorts(config: Config): Promise<Ports> {
  const limit = Date.now() + WAIT_MS;
  return {
    OL_API_PORT: await claim('OL_API_PORT', config.apiPort, config.bind, limit),
    OL_OTLP_HTTP_PORT: await claim('OL_OTLP_HTTP_PORT', config.otlpHttpPort, config.bind, limit),
    OL_OTLP_GRPC_PORT: await claim('OL_OTLP_GRPC_PORT', config.otlpGrpcPort, config.bind, limit),
    OL_WORKER_PORT: await claim('OL_WORKER_PORT', config.workerPort, config.bind, limit),
  };
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
