// Seals the log described by the JSON argument, as the worker does, and ends by SIGKILL at the point it names.
import { makeSigner } from '#evidence';
import { openDatabase } from '#store';
import { sealOnce } from '../../dist/apps/worker/src/seal-once.js';

const { connection, log, seed, nowUs, point } = JSON.parse(process.argv[2]);
const db = await openDatabase(connection, { maxConnections: 2, applicationName: 'seal-and-die' });
const signers = [makeSigner(log.origin, Buffer.alloc(32, seed))];
await sealOnce(db, { ...log, tenantId: BigInt(log.tenantId), signers }, BigInt(nowUs), async (reached) => {
  if (reached !== point) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment; the seal must not go on meanwhile.
  await new Promise(() => {
    setInterval(() => {}, 1_000);
  });
});
await db.close();
