// The client that sends the same requests to every peer, in a process of its own: OTLP/HTTP protobuf, 32 in flight, each
// sent again when the server says that it has no room (429, 503), as an exporter would. Commands and figures travel
// over IPC.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildExportRequests } from '../export-requests.mjs';

const IN_FLIGHT = 32;
const WAIT_MS = 100;
const GIVE_UP_MS = 120_000;
let requests = [];

process.on('message', async (command) => {
  try {
    if (command.prepare !== undefined) process.send(prepare(command));
    else if (command.send !== undefined) process.send(await send(command));
  } catch (error) {
    process.send({ failed: error.stack });
  }
});
process.once('disconnect', () => process.exit(0));

function prepare({ prepare: count, nowNs }) {
  requests = buildExportRequests(count, BigInt(nowNs)).map(({ body, spans }) => ({
    body,
    traceIds: [...new Set(spans.map(({ traceId }) => traceId))],
  }));
  return { bytes: requests.reduce((sum, { body }) => sum + body.length, 0) };
}

/** Sends these requests, each until it is acknowledged; begins none after `limitMs`. */
async function send({ send: { port, path, headers }, from, to, limitMs }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const acknowledged = [];
  let next = from;
  let refused = 0;
  let failed = 0;
  const begin = performance.now();
  const work = async () => {
    while (next < to && performance.now() - begin < limitMs) {
      const index = next++;
      for (;;) {
        const status = await post({ agent, port, path, headers, body: requests[index].body });
        if (status >= 200 && status < 300) {
          acknowledged.push(index);
          break;
        }
        if (status < 429) throw new Error(`answered ${status}`);
        if (status >= 500 && status !== 503) {
          // Not to be sent again, says OTLP: lost to an exporter, and counted.
          failed += 1;
          break;
        }
        refused += 1;
        if (performance.now() - begin > limitMs + GIVE_UP_MS) throw new Error('it takes nothing any more');
        await sleep(WAIT_MS);
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  const milliseconds = performance.now() - begin;
  agent.destroy();
  const last = acknowledged.slice(-4);
  return {
    acknowledged: acknowledged.length,
    milliseconds,
    refused,
    failures: failed,
    traceIds: last.flatMap((index) => requests[index].traceIds),
  };
}

function post({ agent, port, path, headers, body }) {
  return new Promise((resolve) => {
    const request = http.request(
      {
        agent,
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-protobuf', 'content-length': body.length },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      },
    );
    // A connection that ends without an answer: not acknowledged, so sent again.
    request.on('error', () => resolve(503));
    request.end(body);
  });
}
