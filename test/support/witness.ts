import { createServer, type Server } from 'node:http';
import { formatLogPolicy, makeSigner, openCheckpoint, parsePolicy, verifyConsistency } from '#evidence';
import { COSIGNATURE } from '../../libs/evidence/src/note-key.ts';
import { cosign } from '../../libs/evidence/src/note.ts';

/** A small witness as C2SP tlog-witness has it: it signs a checkpoint only if it continues the one it saw before. */
export interface TestWitness {
  readonly vkey: string;
  readonly url: string;
  /** What it saw last, by log. */
  readonly seen: Map<string, { size: number; root: Buffer }>;
  /** Status of every answer it gave, in order. */
  readonly answers: number[];
  close(): Promise<void>;
}

/** @param vkeys of the logs it knows */
export async function startTestWitness(vkeys: readonly string[]): Promise<TestWitness> {
  const signer = makeSigner('witness.example/w1', Buffer.alloc(32, 9), COSIGNATURE);
  const seen: TestWitness['seen'] = new Map();
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const [status, body] =
        request.url === '/add-checkpoint' ? add(Buffer.concat(chunks).toString()) : [404, ''];
      answers.push(status);
      response.writeHead(status, status === 409 ? { 'content-type': 'text/x.tlog.size' } : {}).end(body);
    });
  });
  const add = (body: string): [number, string] => {
    const blank = body.indexOf('\n\n');
    const [head = '', ...lines] = body.slice(0, blank).split('\n');
    const note = body.slice(blank + 2);
    const old = /^old (0|[1-9]\d*)$/.exec(head)?.[1];
    if (old === undefined || lines.length > 63) return [400, ''];
    const origin = note.slice(0, note.indexOf('\n'));
    const known = vkeys.filter((vkey) => vkey.startsWith(`${origin}+`));
    if (known.length === 0) return [404, ''];
    let checkpoint: ReturnType<typeof openCheckpoint>;
    try {
      checkpoint = openCheckpoint(note, parsePolicy(formatLogPolicy(known)));
    } catch {
      return [403, ''];
    }
    const last = seen.get(origin) ?? { size: 0, root: Buffer.alloc(0) };
    if (Number(old) > checkpoint.size) return [400, ''];
    if (Number(old) !== last.size) return [409, `${last.size}\n`];
    const proof = lines.map((line) => Buffer.from(line, 'base64'));
    const isPrefix =
      last.size === 0
        ? proof.length === 0
        : verifyConsistency(last.size, last.root, checkpoint.size, checkpoint.root, proof);
    if (!isPrefix) return [422, ''];
    seen.set(origin, { size: checkpoint.size, root: checkpoint.root });
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    return [200, cosign(text, signer, 1_764_000_000n)];
  };
  return { vkey: signer.vkey, url: await listen(server), seen, answers, close: () => close(server) };
}

/** Somebody who keeps what is sent to them. */
export async function startTestKeeper(): Promise<{
  url: string;
  readonly kept: string[];
  /** Status of the next answers. */
  status: number;
  close(): Promise<void>;
}> {
  const keeper = { url: '', kept: [] as string[], status: 204, close: () => close(server) };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      if (keeper.status < 300) keeper.kept.push(Buffer.concat(chunks).toString());
      response.writeHead(keeper.status).end();
    });
  });
  keeper.url = await listen(server);
  return keeper;
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
    });
  });
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => void server.close(() => resolve()));
}
