import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { readConfig } from '#config';
import { claimPorts } from './claim-ports.ts';

const config = (ports: Readonly<Record<string, string>>) =>
  readConfig({
    OL_BIND: '127.0.0.1',
    OL_API_PORT: '0',
    OL_OTLP_HTTP_PORT: '0',
    OL_OTLP_GRPC_PORT: '0',
    OL_WORKER_PORT: '0',
    ...ports,
  });

test('free ports are four different ones that the system gives to nobody who asks for any', async () => {
  const ports = Object.values(await claimPorts(config({})));
  expect(new Set(ports).size).toBe(4);
  expect(ports.filter((port) => port < 20_000 || port >= 32_768)).toEqual([]);
});

test('a free port is none of those that are named', async () => {
  const named = await claimPorts(config({}));
  const ports = await claimPorts(config({ OL_API_PORT: String(named.OL_API_PORT) }));
  expect(ports.OL_API_PORT).toBe(named.OL_API_PORT);
  expect(new Set(Object.values(ports)).size).toBe(4);
});

test('a port that stays taken is refused by the name of its variable', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await expect(claimPorts(config({ OL_WORKER_PORT: String(port) }))).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use: stop what listens there, or set OL_WORKER_PORT to another port`,
    );
  } finally {
    other.close();
  }
}, 20_000);
