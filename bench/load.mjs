// The load generator, a process of its own: prebuilt requests on raw sockets, so that it takes as little of the two
// cores as it can. Started by the rigs; commands and figures travel over IPC.
import net from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { buildExportRequests } from './export-requests.mjs';
import { recordedRequests } from './recorded-runs.mjs';
import { agentRun, agentRunWithoutContent, calls } from './trace-shapes.mjs';

const IN_FLIGHT = 32;
const SHAPES = new Map([calls, agentRun, agentRunWithoutContent].map((shape) => [shape.name, shape]));
const bodies = { plain: [], gzip: [] };

process.on('message', async (command) => {
  try {
    if (command.prepare !== undefined) process.send({ prepared: await prepare(command) });
    else if (command.send !== undefined) process.send({ sent: await send(command) });
  } catch (error) {
    process.send({ failed: error.stack });
  }
});
process.once('disconnect', () => process.exit(0));

async function prepare({ prepare: count, kinds, nowNs, shape = 'calls' }) {
  const requests =
    shape === 'recorded'
      ? await recordedRequests()
      : buildExportRequests(count, BigInt(nowNs), SHAPES.get(shape));
  bodies.plain = requests.map((request) => request.body);
  if (kinds.includes('gzip')) {
    const compress = promisify(gzip);
    bodies.gzip = [];
    for (let at = 0; at < count; at += 4)
      bodies.gzip.push(...(await Promise.all(bodies.plain.slice(at, at + 4).map((body) => compress(body)))));
  }
  const bytes = (list) => list.reduce((sum, body) => sum + body.length, 0);
  return { plainBytes: bytes(bodies.plain), gzipBytes: bytes(bodies.gzip) };
}

/** Sends each of these bodies once, 32 in flight; returns milliseconds from the first byte to the last acknowledgement. */
async function send({ send: kind, port, authorizations, from = 0, to = Infinity }) {
  const queue = bodies[kind].slice(from, to).map((body, index) => {
    const head = [
      'POST /v1/traces HTTP/1.1',
      'host: localhost',
      `authorization: ${authorizations[index % authorizations.length]}`,
      'content-type: application/x-protobuf',
      ...(kind === 'gzip' ? ['content-encoding: gzip'] : []),
      `content-length: ${body.length}`,
    ];
    return [Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body];
  });
  const sockets = await Promise.all(Array.from({ length: IN_FLIGHT }, () => connect(port)));
  let next = 0;
  const latencies = [];
  const begin = performance.now();
  await Promise.all(
    sockets.map(async (socket) => {
      for (let request = queue[next++]; request !== undefined; request = queue[next++]) {
        const sentAt = performance.now();
        await exchange(socket, request);
        latencies.push(performance.now() - sentAt);
      }
      socket.destroy();
    }),
  );
  const milliseconds = performance.now() - begin;
  latencies.sort((a, b) => a - b);
  const quantile = (q) => latencies[Math.floor((latencies.length - 1) * q)];
  return { milliseconds, p50: quantile(0.5), p99: quantile(0.99) };
}

function connect(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
    socket.setNoDelay(true);
    socket.once('error', reject);
  });
}

function exchange(socket, [head, body]) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const onData = (chunk) => {
      answer += chunk.toString('latin1');
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', onData);
      // An acknowledgement has an empty body; anything else (partial success too) spoils the run.
      if (answer.startsWith('HTTP/1.1 200') && /content-length: 0\r\n/i.test(answer)) resolve();
      else reject(new Error(`not acknowledged: ${answer.slice(0, 400)}`));
    };
    socket.on('data', onData);
    socket.cork();
    socket.write(head);
    socket.write(body);
    socket.uncork();
  });
}
