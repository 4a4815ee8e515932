import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A line to a server that a test can slow, cut and refuse. */
export interface TcpProxy {
  /** 127.0.0.1; the same after `accept`. */
  readonly port: number;
  /** Connections made so far. */
  readonly connections: number;
  /** Cuts every connection, in the middle of whatever they say. */
  cut(): void;
  /** Cuts them, and refuses new ones until `accept`. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** Every new connection waits so long before it is made. */
  delay(milliseconds: number): void;
  close(): Promise<void>;
}

/** @param target host and port, or the path of a unix socket */
export async function startTcpProxy(target: { host: string; port: number } | string): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let delayMs = 0;
  let connections = 0;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    // The test looks at what its processes make of it.
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const pass = async (near: Socket): Promise<void> => {
    connections += 1;
    keep(near);
    if (delayMs > 0) await sleep(delayMs);
    if (near.destroyed) return;
    const far = keep(typeof target === 'string' ? connect(target) : connect(target.port, target.host));
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  let server: Server | null = null;
  let port = 0;
  const accept = async (): Promise<void> => {
    server = createServer((near) => void pass(near));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) port = address.port;
  };
  const refuse = async (): Promise<void> => {
    const closing = server;
    server = null;
    cut();
    if (closing !== null) await new Promise((resolve) => closing.close(resolve));
  };
  await accept();
  return {
    port,
    get connections() {
      return connections;
    },
    cut,
    refuse,
    accept,
    delay: (milliseconds) => void (delayMs = milliseconds),
    close: refuse,
  };
}

/** Where a PostgreSQL URL leads, and the same URL by way of 127.0.0.1:port. */
export function throughPort(connection: string): {
  readonly target: { host: string; port: number } | string;
  readonly through: (port: number) => string;
} {
  const url = new URL(connection);
  const host = decodeURIComponent(url.hostname);
  const port = Number(url.port === '' ? 5432 : url.port);
  return {
    target: host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : { host, port },
    through: (own) => {
      const near = new URL(connection);
      near.hostname = '127.0.0.1';
      near.port = String(own);
      return near.href;
    },
  };
}
